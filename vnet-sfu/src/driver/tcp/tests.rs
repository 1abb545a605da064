use std::net::TcpStream as Client;

use mio::{Events, Poll};

use super::*;

struct Server {
    poll: Poll,
    listener: TcpListener,
    connections: Connections,
}

impl Server {
    fn new(max: usize) -> Self {
        let listener = listen("127.0.0.1:0".parse().unwrap()).unwrap();
        let mut server = Self {
            poll: Poll::new().unwrap(),
            listener,
            connections: Connections::new(10, max),
        };
        server
            .poll
            .registry()
            .register(&mut server.listener, Token(0), Interest::READABLE)
            .unwrap();
        server
    }

    /// Waits for news.
    fn wait(&mut self) -> Vec<Token> {
        let mut events = Events::with_capacity(16);
        let most = Some(Duration::from_secs(10));
        self.poll.poll(&mut events, most).unwrap();
        assert!(!events.is_empty(), "nothing happens");
        events.iter().map(mio::event::Event::token).collect()
    }

    /// A client's connection, seen from both sides.
    fn connect(&mut self, now: Instant) -> (Client, Option<Token>) {
        let local = self.listener.local_addr().unwrap();
        let client = Client::connect(local).unwrap();
        loop {
            match self.listener.accept() {
                Ok((stream, remote)) => {
                    assert_eq!(remote, client.local_addr().unwrap());
                    let registry = self.poll.registry();
                    let token = self
                        .connections
                        .accept(registry, stream, local, remote, now);
                    return (client, token);
                }
                Err(_not_yet) => drop(self.wait()),
            }
        }
    }

    fn route(&self, client: &Client) -> Route {
        Route {
            transport: Transport::Tcp,
            local: self.listener.local_addr().unwrap(),
            remote: client.local_addr().unwrap(),
        }
    }

    /// Reads until there are `count` packets, or the connection is over.
    fn read(&mut self, token: Token, count: usize) -> (Vec<Vec<u8>>, Progress) {
        let mut packets = Vec::new();
        loop {
            let each = |_route: Route, packet: &[u8]| packets.push(packet.to_vec());
            let progress = self.connections.read(token, each);
            if progress == Progress::Closed || packets.len() >= count {
                return (packets, progress);
            }
            if progress == Progress::Done {
                self.wait();
            }
        }
    }
}

fn framed(packet: &[u8]) -> Vec<u8> {
    [&framing::header(packet).unwrap(), packet].concat()
}

#[test]
fn packets_go_both_ways_whole() {
    let mut server = Server::new(8);
    let now = Instant::now();
    let (mut client, token) = server.connect(now);
    let token = token.unwrap();
    let large = vec![9; 1200];
    client.write_all(&framed(b"hello")).unwrap();
    client.write_all(&framed(&large)).unwrap();
    let (packets, _) = server.read(token, 2);
    assert_eq!(packets, [b"hello".to_vec(), large.clone()]);

    let route = server.route(&client);
    let first = server
        .connections
        .push(&route, Bytes::from_static(b"welcome"));
    assert_eq!(first, Some(token));
    assert_eq!(
        server.connections.push(&route, Bytes::from(large.clone())),
        None
    );
    assert_eq!(server.connections.write(token, now), Progress::Done);
    let expected = [framed(b"welcome"), framed(&large)].concat();
    let mut got = vec![0; expected.len()];
    client.read_exact(&mut got).unwrap();
    assert_eq!(got, expected);
    assert_eq!(server.connections.counts.packets, 2);
    assert_eq!(server.connections.counts.bytes, 1207);
}

#[test]
fn who_does_not_read_loses_packets_then_the_connection_and_grows_nothing() {
    let mut server = Server::new(8);
    let now = Instant::now();
    let (client, token) = server.connect(now);
    let token = token.unwrap();
    let route = server.route(&client);
    server.connections.prove(&route);
    let packet = Bytes::from(vec![1; 1200]);
    // Until the system's buffers are full and ours is, too.
    while server.connections.counts.full < 100 {
        server.connections.push(&route, packet.clone());
        assert_eq!(server.connections.write(token, now), Progress::Done);
    }
    assert!(server.connections.by_token[&token].queued <= QUEUE + 2 * WRITE);
    assert!(server.connections.overdue(now + ROUND).is_empty());
    assert_eq!(server.connections.overdue(now + STALLED + ROUND), [token]);
}

#[test]
fn who_shows_nothing_or_rubbish_is_put_out() {
    let mut server = Server::new(8);
    let now = Instant::now();
    let (_silent, silent) = server.connect(now);
    let (proven, _token) = server.connect(now);
    let (mut rubbish, token) = server.connect(now);
    let route = server.route(&proven);
    server.connections.prove(&route);
    rubbish.write_all(b"GET / HTTP/1.1\r\n\r\n").unwrap();
    let (packets, progress) = server.read(token.unwrap(), 1);
    assert_eq!((packets.len(), progress), (0, Progress::Closed));
    let registry = server.poll.registry().try_clone().unwrap();
    assert!(
        server
            .connections
            .close(&registry, token.unwrap())
            .is_some()
    );
    assert!(server.connections.overdue(now + UNPROVEN).is_empty());
    let overdue = server.connections.overdue(now + UNPROVEN + ROUND * 2);
    assert_eq!(overdue, [silent.unwrap()]);
}

#[test]
fn a_closed_connection_is_noticed_and_forgotten() {
    let mut server = Server::new(8);
    let (client, token) = server.connect(Instant::now());
    let route = server.route(&client);
    drop(client);
    let (_, progress) = server.read(token.unwrap(), 1);
    assert_eq!(progress, Progress::Closed);
    let registry = server.poll.registry().try_clone().unwrap();
    assert_eq!(
        server.connections.close(&registry, token.unwrap()),
        Some(route)
    );
    assert_eq!(server.connections.close(&registry, token.unwrap()), None);
    server.connections.push(&route, Bytes::from_static(b"late"));
    assert_eq!(server.connections.counts.gone, 1);
    assert_eq!(server.connections.len(), 0);
}

#[test]
fn connections_are_bounded() {
    let mut server = Server::new(2);
    let now = Instant::now();
    let (_first, first) = server.connect(now);
    let (_second, second) = server.connect(now);
    let (_third, third) = server.connect(now);
    assert!(first.is_some() && second.is_some() && third.is_none());
}

#[test]
fn of_strangers_the_oldest_gives_way() {
    let mut server = Server::new(1000);
    let now = Instant::now();
    let mut clients = Vec::new();
    for _ in 0..=MAX_UNPROVEN {
        clients.push(server.connect(now));
    }
    assert_eq!(server.connections.len(), MAX_UNPROVEN);
    assert!(!server.connections.has(clients[0].1.unwrap()));
    assert!(server.connections.has(clients[1].1.unwrap()));
}
