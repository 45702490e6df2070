// Agents of Node's that add a header to the requests that they are given.
import http from 'node:http';
import https from 'node:https';

/** What is needed of an `http.Agent`. */
export interface Agent {
  destroy(): void;
}

/** What Node calls an agent's method of this name with: before anything of the request has been sent. */
interface Adding {
  addRequest(request: http.ClientRequest, options: { port?: number | string | undefined }, ...more: unknown[]): void;
}

/** As many connections as npm itself makes to a host. From Node 24 on the environment's proxies count. */
const OPTIONS: http.AgentOptions & { proxyEnv: NodeJS.ProcessEnv } = { keepAlive: true, maxSockets: 15, proxyEnv: process.env };

/** What gives the agent for a URL: one of the user's or of our own, which asks for the header of each request. */
export function lending(
  header: (url: string) => string | undefined,
  given?: (url: string) => Agent,
): (url: { readonly href: string }) => Agent {
  const own = new Map<string, Agent>();
  const ours = (url: string): Agent => {
    const { protocol } = new URL(url);
    const agent = own.get(protocol) ?? (protocol === 'https:' ? new https.Agent(OPTIONS) : new http.Agent(OPTIONS));
    own.set(protocol, agent);
    return agent;
  };
  const wrapped = new WeakMap<Agent, Agent>();
  return ({ href }) => {
    const agent = (given ?? ours)(href);
    const wrapper = wrapped.get(agent) ?? wrap(agent as Agent & Adding, header);
    wrapped.set(agent, wrapper);
    return wrapper;
  };
}

/** The same agent, with the header put into requests on their way in: each hop of a redirect is a request of its own. */
function wrap(agent: Agent & Adding, header: (url: string) => string | undefined): Agent {
  const addRequest: Adding['addRequest'] = (request, options, ...more) => {
    const value = header(urlOf(request, options.port));
    if (value !== undefined) request.setHeader('authorization', value);
    agent.addRequest(request, options, ...more);
  };
  return Object.create(agent, { addRequest: { value: addRequest } }) as Agent;
}

function urlOf({ protocol, host, path }: http.ClientRequest, port: number | string | undefined): string {
  const name = host.includes(':') && !host.startsWith('[') ? `[${host}]` : host;
  // Put together as it is sent: a path such as `//elsewhere` is a path.
  return `${protocol}//${name}${port === undefined ? '' : `:${port}`}${path}`;
}
