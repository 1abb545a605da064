// The pair protocol's messages as the original's pages send and read them, written down by hand. Runs in a page, as
// `window.original`; nothing of ours is used.
export function installOriginal() {
  const open = (code) => new WebSocket(`${document.getElementById('root').dataset.signallingServer}${code}/`);

  /** Messages one after the other; the socket hears its own ones, too. */
  function listen(socket, seen, handle) {
    let before = Promise.resolve();
    socket.addEventListener('message', ({ data }) => {
      const message = JSON.parse(data);
      seen.push(message.type);
      before = before.then(() => handle(message)).catch(() => {});
    });
  }

  function connect(socket, name) {
    const connection = new RTCPeerConnection();
    connection.addEventListener('icecandidate', ({ candidate }) => {
      if (candidate) socket.send(JSON.stringify({ type: 'candidate', content: candidate, name }));
    });
    return connection;
  }

  function paint(text) {
    const canvas = Object.assign(document.createElement('canvas'), { width: 320, height: 180 });
    const pen = canvas.getContext('2d');
    let count = 0;
    setInterval(() => {
      pen.fillStyle = `hsl(${(count += 7) % 360} 60% 50%)`;
      pen.fillRect(0, 0, 320, 180);
      pen.fillStyle = '#fff';
      pen.fillText(`${text} ${count}`, 20, 90);
    }, 50);
    return canvas.captureStream(20);
  }

  /** Shares painted pictures; whoever is asked `streams_query` and shows others gets all of them anew. */
  function host(code, name, names) {
    const socket = open(code);
    const seen = [];
    const state = { socket, seen, connection: null, queries: 0 };
    let streams = names.map((one) => ({ name: one, stream: paint(one) }));
    const ids = () => streams.map(({ name: of, stream }) => ({ name: of, id: stream.getTracks()[0].id }));
    const begin = () => {
      const connection = connect(socket, name);
      state.connection = connection;
      const add = () => streams.forEach(({ stream }) => stream.getTracks().forEach((track) => connection.addTrack(track, stream)));
      add();
      const channel = connection.createDataChannel('streams');
      state.become = (others) => {
        streams = others.map((one) => streams.find((known) => known.name === one) ?? { name: one, stream: paint(one) });
        connection.getSenders().forEach((sender) => sender.track && connection.removeTrack(sender));
        streams = streams.map(({ name: of, stream }) => ({ name: of, stream: stream.clone() }));
        add();
        channel.send(JSON.stringify({ type: 'stream_ids', streams: ids() }));
      };
      channel.addEventListener('open', () => channel.send(JSON.stringify({ type: 'stream_ids', streams: ids(), act: false })));
      channel.addEventListener('message', ({ data }) => {
        if (JSON.parse(data).type === 'streams_query') state.queries += 1;
      });
      connection.addEventListener('negotiationneeded', async () => {
        await connection.setLocalDescription(await connection.createOffer());
        const content = { descriptionMessage: connection.localDescription, metaData: ids() };
        socket.send(JSON.stringify({ type: 'offer', content, name }));
      });
    };
    listen(socket, seen, async (message) => {
      if (message.type === 'signal_connected' && message.peers_count === 2) begin();
      else if (message.type === 'answer') await state.connection.setRemoteDescription(new RTCSessionDescription(message.description));
      else if (message.type === 'candidate') await state.connection.addIceCandidate(new RTCIceCandidate(message.candidates)).catch(() => {});
    });
    return state;
  }

  /** Receives; shows what has a name, and looks only when a track arrives. */
  function guest(code, name) {
    const socket = open(code);
    const seen = [];
    const state = { socket, seen, connection: null, shown: [], known: [] };
    const begin = () => {
      const connection = connect(socket, name);
      state.connection = connection;
      const build = () => {
        state.shown = connection.getReceivers().flatMap(({ track }) => {
          const found = state.known.find(({ id }) => id === track.id);
          return found && found.name !== name ? [{ name: found.name, track }] : [];
        });
      };
      connection.addEventListener('connectionstatechange', () => {
        if (connection.connectionState !== 'connected') return;
        build();
        connection.addEventListener('track', build);
      });
      connection.addEventListener('datachannel', ({ channel }) => {
        state.channel = channel;
        channel.addEventListener('message', ({ data }) => {
          const message = JSON.parse(data);
          if (message.type === 'stream_ids' && Array.isArray(message.streams)) state.known = message.streams;
        });
      });
    };
    listen(socket, seen, async (message) => {
      const { connection } = state;
      if (message.type === 'signal_connected' && message.peers_count === 2) begin();
      else if (message.type === 'offer') {
        await connection.setRemoteDescription(new RTCSessionDescription(message.description.descriptionMessage));
        await connection.setLocalDescription(await connection.createAnswer());
        state.known = message.description.metaData;
        socket.send(JSON.stringify({ type: 'answer', content: connection.localDescription, name }));
      } else if (message.type === 'candidate') {
        await connection.addIceCandidate(new RTCIceCandidate(message.candidates));
      }
    });
    return state;
  }

  /** Frames that were decoded, by what is shown. */
  async function decoded(state) {
    const frames = {};
    for (const { name, track } of state.shown) {
      const reports = await state.connection.getStats(track);
      reports.forEach((one) => {
        if (one.type === 'inbound-rtp') frames[name] = one.framesDecoded ?? 0;
      });
    }
    return frames;
  }

  window.original = { host, guest, decoded };
}
