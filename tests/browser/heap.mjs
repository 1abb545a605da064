// What lives on the heap of a page: how many objects of each class, which classes grow, and who holds on to them.

/** A snapshot of the heap, after everything that can go has gone. */
export async function snapshot(session) {
  const chunks = [];
  const collect = ({ chunk }) => { chunks.push(chunk); };
  session.on('HeapProfiler.addHeapSnapshotChunk', collect);
  await session.send('HeapProfiler.collectGarbage');
  await session.send('HeapProfiler.takeHeapSnapshot', { reportProgress: false });
  session.off('HeapProfiler.addHeapSnapshotChunk', collect);
  return new Snapshot(JSON.parse(chunks.join('')));
}

/** Kinds of nodes that say something; strings, code and numbers belong to them. */
const TELLING = new Set(['object', 'native', 'closure']);
/** References that keep nothing alive. */
const WEAK = 'weak';

class Snapshot {
  constructor({ snapshot: { meta }, nodes, edges, strings }) {
    Object.assign(this, { nodes, edges, strings });
    const at = (fields, name) => fields.indexOf(name);
    this.width = meta.node_fields.length;
    this.edgeWidth = meta.edge_fields.length;
    this.kinds = meta.node_types[0];
    this.edgeKinds = meta.edge_types[0];
    this.field = Object.fromEntries(['type', 'name', 'id', 'self_size', 'edge_count', 'detachedness'].map((name) => [name, at(meta.node_fields, name)]));
    this.edgeField = Object.fromEntries(['type', 'name_or_index', 'to_node'].map((name) => [name, at(meta.edge_fields, name)]));
  }

  of(node, name) { return this.nodes[node + this.field[name]]; }

  /** What an object is called: its class, `detached` before nodes that no document has any more. */
  called(node) {
    const kind = this.kinds[this.of(node, 'type')];
    const detached = this.of(node, 'detachedness') === 2 ? 'detached ' : '';
    return `${detached}${kind} ${this.strings[this.of(node, 'name')].slice(0, 80)}`;
  }

  /** By class: how many there are, how many bytes they take themselves, and the one that was made last. */
  classes() {
    const found = new Map();
    for (let node = 0; node < this.nodes.length; node += this.width) {
      if (!TELLING.has(this.kinds[this.of(node, 'type')])) continue;
      const name = this.called(node);
      const known = found.get(name) ?? { count: 0, bytes: 0, newest: node };
      known.count += 1;
      known.bytes += this.of(node, 'self_size');
      if (this.of(node, 'id') > this.of(known.newest, 'id')) known.newest = node;
      found.set(name, known);
    }
    return found;
  }

  /** The shortest way from the roots to a node, in words. */
  held(node) {
    this.ways ??= this.#search();
    const steps = [];
    for (let at = node; this.ways.has(at) && steps.length < 40;) {
      const { from, by } = this.ways.get(at);
      steps.unshift(`${by} → ${this.called(at)}`);
      at = from;
    }
    return steps.join('\n      ');
  }

  /** By node, how the first search from the roots came there. */
  #search() {
    const first = [];
    for (let node = 0, edge = 0; node < this.nodes.length; node += this.width) {
      first.push(edge);
      edge += this.of(node, 'edge_count') * this.edgeWidth;
    }
    const ways = new Map();
    const seen = new Uint8Array(this.nodes.length / this.width);
    seen[0] = 1;
    let border = [0];
    while (border.length > 0) {
      const next = [];
      for (const node of border) {
        const from = first[node / this.width];
        const end = from + this.of(node, 'edge_count') * this.edgeWidth;
        for (let edge = from; edge < end; edge += this.edgeWidth) {
          const kind = this.edgeKinds[this.edges[edge + this.edgeField.type]];
          const to = this.edges[edge + this.edgeField.to_node];
          if (kind === WEAK || seen[to / this.width]) continue;
          seen[to / this.width] = 1;
          const name = this.edges[edge + this.edgeField.name_or_index];
          const by = kind === 'element' || kind === 'hidden' ? `[${name}]` : this.strings[name];
          ways.set(to, { from: node, by });
          next.push(to);
        }
      }
      border = next;
    }
    return ways;
  }
}

/** The classes of which there are at least `least` more in the second snapshot, those first that take the most. */
export function grown(before, after, least) {
  const [were, are] = [before.classes(), after.classes()];
  const more = [...are].map(([name, { count, bytes, newest }]) => {
    const was = were.get(name) ?? { count: 0, bytes: 0 };
    return { name, more: count - was.count, bytes: bytes - was.bytes, newest };
  });
  return more.filter((one) => one.more >= least).sort((one, other) => other.bytes - one.bytes);
}
