// Everyone in turn, round after round, so that a noisy moment hits all alike; then the medians.

/**
 * @param {string} title
 * @param {{ rounds: number, calls: number }} extent how many rounds, and calls of each in a round
 * @param {[name: string, call: () => unknown][]} contenders
 */
export function compare(title, { rounds, calls }, contenders) {
  const times = contenders.map(() => []);
  // A tenth of the rounds more: what is compiled while it runs has to be warm.
  for (let round = -Math.ceil(rounds / 10); round < rounds; round += 1) {
    for (const [index, [, call]] of contenders.entries()) {
      const started = process.hrtime.bigint();
      for (let n = 0; n < calls; n += 1) call();
      const elapsed = process.hrtime.bigint() - started;
      if (round >= 0) times[index].push(Number(elapsed) / calls / 1e9);
    }
  }
  return { title, rows: contenders.map(([name], index) => ({ name, seconds: median(times[index]) })) };
}

export function median(times) {
  return times.toSorted((one, other) => one - other)[Math.floor(times.length / 2)];
}
