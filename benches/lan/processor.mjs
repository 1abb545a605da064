// What a device's processes take of the processor.
import { execFileSync } from 'node:child_process';
import { readFile } from 'node:fs/promises';

const TICKS = Number(execFileSync('getconf', ['CLK_TCK']));

/** Seconds of processor time that the processes at a place have taken so far, theirs that ended included. */
export async function processorTime(place) {
  const each = await Promise.all((await place.processes()).map(async (id) => {
    const stat = await readFile(`/proc/${id}/stat`, 'utf8').catch(() => null);
    // The name of the program, in brackets, may hold anything.
    const fields = stat?.slice(stat.lastIndexOf(')') + 2).split(' ') ?? [];
    // utime, stime, and those of children that were waited for (proc(5)).
    return fields.slice(11, 15).reduce((all, one) => all + Number(one), 0);
  }));
  return each.reduce((all, one) => all + one, 0) / TICKS;
}

/** Shares of one core that a place takes over so many milliseconds. */
export async function load(place, during) {
  const [before, start] = [await processorTime(place), performance.now()];
  await during();
  return (await processorTime(place) - before) / ((performance.now() - start) / 1_000);
}
