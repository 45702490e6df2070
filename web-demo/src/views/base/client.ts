// How a view comes by a client of the platform.
import { Client } from 'pulltoken/web/core';
import type { Host, Places } from '../../host/host';

/** Makes a client that asks for its session anew at every call. */
export type Connect = (places: Places, token: () => Promise<string>) => Client;

/** The one that asks the platform. */
export const connect: Connect = ({ api, issuer, registry }, token) => new Client({ api, issuer, registry, token });

/** What gives a client the session that its host has at that moment. */
export const tokenOf = (host: Host) => async (): Promise<string> => (await host.session())?.token ?? '';
