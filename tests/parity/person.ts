// A person at the pages of the simulated issuer, which asks with a form who it is.

/** Types a device's code in, as somebody or to deny it. */
export async function activate(issuer: string, code: string, as: string | undefined): Promise<void> {
  const answer = as === undefined ? { deny: 'true' } : { as };
  const response = await fetch(`${issuer}/activate`, {
    method: 'POST',
    body: new URLSearchParams({ user_code: code, ...answer }),
  });
  if (!response.ok) throw new Error(`${response.status} ${await response.text()}`);
}

/** Opens a page of `ISSUER/oauth` and answers it; where the browser is then sent, if anywhere. */
export async function visit(page: string, as: string | undefined): Promise<string> {
  const form = await (await fetch(page)).text();
  const [, request] = /name="request" value="([^"]+)"/.exec(form) ?? [];
  if (request === undefined) throw new Error(form);
  const response = await fetch(new URL('/oauth/choose', page), {
    method: 'POST',
    body: new URLSearchParams({ request, ...(as === undefined ? { deny: 'true' } : { as }) }),
    redirect: 'manual',
  });
  return response.headers.get('location') ?? '';
}
