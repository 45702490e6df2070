// A user who has signed in: a session rests in the private folder of `pulltoken`, and nothing else anywhere.
import type { Pair } from '../../support/credentials';
import type { User } from './user';
import { PULLTOKEN, type World } from './world';

/** Where it rests, below the user's folder. */
export const SESSIONS = 'home/.cache/pulltoken/';

/** Signs the owner in and gives what the registry takes from then on. */
export async function signIn(user: User, world: World): Promise<Pair> {
  const file = await user.write('home/identity', await world.simulator.ciToken('https://idp.example.com', { sub: 'owner' }));
  const pulltoken = async (...args: string[]): Promise<string> => {
    const done = await user.run('home', [PULLTOKEN], ['--ca-file', world.authority, ...args], world.reach);
    if (done.code !== 0) throw new Error(done.stderr);
    return done.stdout;
  };
  await pulltoken('login', '--quiet', '--output', 'none', '--identity-token', file);
  const { username, password } = JSON.parse(await pulltoken('get', '--output', 'json')) as Pair;
  return { username, password };
}
