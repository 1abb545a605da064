// Figures with their goals, as a table.
import { cpus, release } from 'node:os';
import { median } from './source.mjs';

const rows = [];

/**
 * Notes a figure: the median of `values`, and whether the goal is kept; by `each`: by every one of them.
 * @param {{ atLeast?: number, atMost?: number, each?: boolean, unit?: string, digits?: number, note?: string }} how
 */
export function figure(name, values, { atLeast, atMost, each = false, unit = '', digits = 0, note = '' } = {}) {
  const all = values.filter((value) => value !== null && Number.isFinite(value));
  const shown = (value) => `${value.toFixed(digits)}${unit && ` ${unit}`}`;
  const middle = median(all);
  let verdict = '–';
  if (middle === null || (each && all.length < values.length)) verdict = '**not measured**';
  else if (atLeast !== undefined) verdict = (each ? Math.min(...all) : middle) >= atLeast ? 'kept' : '**missed**';
  else if (atMost !== undefined) verdict = (each ? Math.max(...all) : middle) <= atMost ? 'kept' : '**missed**';
  let goal = '–';
  if (atLeast !== undefined) goal = `≥ ${shown(atLeast)}`;
  if (atMost !== undefined) goal = `≤ ${shown(atMost)}`;
  const spread = all.length > 1 ? `${Math.min(...all).toFixed(digits)}–${Math.max(...all).toFixed(digits)}, ${all.length} values` : '1 value';
  rows.push([name, goal, middle === null ? '–' : shown(middle), note ? `${spread}; ${note}` : spread, verdict]);
  console.log(`${name}: ${middle === null ? 'nothing' : shown(middle)} (${spread}${note && `; ${note}`}), goal ${goal}: ${verdict}`);
}

/** Prints the table; whether all goals were kept. */
export function report() {
  const [{ model }] = cpus();
  console.log(`\n${model}, ${cpus().length} cores, Linux ${release()}, Node ${process.version}\n`);
  console.log('| figure | goal | measured | spread | verdict |\n| --- | --- | --- | --- | --- |');
  for (const row of rows) console.log(`| ${row.join(' | ')} |`);
  return !rows.some(([, , , , verdict]) => verdict.startsWith('**'));
}
