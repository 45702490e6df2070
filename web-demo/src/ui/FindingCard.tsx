import type { CredentialReport } from 'pulltoken/web/core';
import type { Finding } from '../check';
import { list, text } from '../text';
import { absolute, relative } from '../time';
import { Marked } from '../views/base/Marked';
import { StateBadge, type CardState } from './StateBadge';

/** An identity five levels deep; every token is longer. */
const LONGEST_IDENTITY = 40 + 5 * 17;

/** One credential: its state, when it ends, what it says of itself, and what is wrong with it. */
export function FindingCard({ finding }: { finding: Finding }) {
  const state = stateOf(finding);
  return (
    <article class={`finding ${state}`}>
      <header>
        <StateBadge state={state} />
        {finding.kind === 'credential' && <span>{text(`kind_${finding.report.kind}`)}</span>}
        <span class="spacer" />
        {finding.line !== undefined && <span class="hint">{text('line', String(finding.line))}</span>}
      </header>
      <h3>{headline(finding)}</h3>
      {finding.kind === 'credential' && <Problems report={finding.report} />}
      <Facts finding={finding} />
    </article>
  );
}

function stateOf(finding: Finding): CardState {
  return finding.kind === 'credential' ? finding.report.state : finding.kind;
}

function headline(finding: Finding): string {
  if (finding.kind === 'variables') return text('headline_variables', list(finding.names));
  if (finding.kind === 'incomplete') return text('headline_incomplete');
  const { state, secondsLeft } = finding.report;
  switch (state) {
    case 'valid':
    case 'expiring':
      return secondsLeft === undefined ? text('headline_without_expiry') : text('headline_valid', relative(secondsLeft));
    case 'expired':
      return text('headline_expired', relative(secondsLeft ?? 0));
    case 'not_yet_valid':
    case 'unusable':
    case 'malformed':
      return text(`headline_${state}`);
  }
}

function Problems({ report }: { report: CredentialReport }) {
  if (report.problems.length === 0) return <p class="hint">{text('noProblems')}</p>;
  return (
    <ul class="problems">
      {report.problems.map((problem) => (
        <li key={problem.code}>
          <p><Marked text={problem.message} /></p>
          <p class="hint"><Marked text={problem.hint} /></p>
          <code class="code">{problem.code}</code>
        </li>
      ))}
    </ul>
  );
}

function Facts({ finding }: { finding: Finding }) {
  const facts: [label: string, value: string][] = [];
  if (finding.target !== undefined) facts.push([text('factFor'), finding.target || text('targetDefault')]);
  if (finding.kind === 'credential') {
    const { expiresAt, issuer, subject, audience } = finding.report;
    if (!isSecret(finding)) facts.push([text('factIdentity'), finding.username]);
    if (expiresAt) facts.push([text('factExpires'), absolute(expiresAt)]);
    if (issuer) facts.push([text('factIssuer'), issuer]);
    if (subject) facts.push([text('factSubject'), subject]);
    if (audience?.length) facts.push([text('factAudience'), audience.join(', ')]);
  }
  if (facts.length === 0) return null;
  return (
    <dl>
      {facts.map(([label, value]) => (
        <div key={label}>
          <dt>{label}</dt>
          {/* A value may come from anywhere: its own direction must not turn the line round. */}
          <dd dir="ltr">{value}</dd>
        </div>
      ))}
    </dl>
  );
}

/** Whether a token stands where the username belongs: it must not be shown any more than in its own place. */
function isSecret({ username, report }: Extract<Finding, { kind: 'credential' }>): boolean {
  return username.length > LONGEST_IDENTITY || report.problems.some((problem) => problem.code === 'swapped');
}
