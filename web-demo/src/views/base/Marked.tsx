/**
 * A message of the core as a sentence of its own: it begins small, since it may follow a colon, and sets commands and
 * names in backticks. A name at the beginning stays as it is.
 */
export function Marked({ text }: { text: string }) {
  const parts = text.split('`');
  const [first = ''] = parts;
  const sentence = [first.charAt(0).toLocaleUpperCase() + first.slice(1), ...parts.slice(1)];
  return <>{sentence.map((part, index) => (index % 2 === 1 ? <code key={index}>{part}</code> : part))}</>;
}
