// A page of the documentation of which a part comes from a test run.

/** The page with this in the place of what stands between the two marks of this name. */
export function between(page: string, name: string, text: string): string {
  const [begin, end] = [`<!-- ${name}, from the test run: begin -->`, `<!-- ${name}, from the test run: end -->`];
  const [before, rest] = [page.split(begin)[0], page.split(end)[1]];
  if (before === undefined || rest === undefined) throw new Error(`the page lacks the marks of ${name}`);
  return `${before}${begin}\n\n${text}\n\n${end}${rest}`;
}
