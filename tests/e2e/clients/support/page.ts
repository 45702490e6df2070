// A page of the documentation of which a part comes from a test run.

const BEGIN = '<!-- from the test run: begin -->';
const END = '<!-- from the test run: end -->';

/** The page with this in the place of what stands between the two marks. */
export function between(page: string, text: string): string {
  const [before, rest] = [page.split(BEGIN)[0], page.split(END)[1]];
  if (before === undefined || rest === undefined || before === page) throw new Error('the page lacks its marks');
  return `${before}${BEGIN}\n\n${text}\n\n${END}${rest}`;
}
