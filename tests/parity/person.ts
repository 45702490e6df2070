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

/** The ID token of a person, as a device gets it. */
export async function idToken(issuer: string, as: string): Promise<string> {
  const ask = async (path: string, fields: Record<string, string>): Promise<Record<string, string>> => {
    const body = new URLSearchParams({ client_id: 'c', ...fields });
    return (await (await fetch(issuer + path, { method: 'POST', body })).json()) as Record<string, string>;
  };
  const { device_code, user_code } = await ask('/oauth/device/code', { scope: 'openid' });
  await activate(issuer, user_code ?? '', as);
  const grant_type = 'urn:ietf:params:oauth:grant-type:device_code';
  return (await ask('/oauth/token', { grant_type, device_code: device_code ?? '' }))['id_token'] ?? '';
}
