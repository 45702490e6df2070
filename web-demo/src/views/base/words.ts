// Numbers and names of the platform in the language of the messages.
import { text, type MessageKey } from '../../text';

/** `10,000`. */
export function number(value: number): string {
  return new Intl.NumberFormat(text('locale')).format(value);
}

/** What people call an ecosystem; its own name where it is newer than the messages. */
export function ecosystemName(ecosystem: string): string {
  const base = ecosystem.replace(/_athena$/, '');
  const key = NAMES[base];
  if (key === undefined) return ecosystem;
  return base === ecosystem ? text(key) : text('view_ecosystem_remediated', text(key));
}

const NAMES: Record<string, MessageKey | undefined> = {
  java: 'view_ecosystem_java',
  python: 'view_ecosystem_python',
  javascript: 'view_ecosystem_javascript',
  dotnet: 'view_ecosystem_dotnet',
  go: 'view_ecosystem_go',
  ruby: 'view_ecosystem_ruby',
  rust: 'view_ecosystem_rust',
  oci: 'view_ecosystem_oci',
  apk: 'view_ecosystem_apk',
};
