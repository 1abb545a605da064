use std::collections::VecDeque;
use std::io::{Read as _, Write as _};
use std::net::{SocketAddr, TcpStream, UdpSocket};
use std::time::Instant;

use vnet_core::clock::SystemClock;

use super::super::addresses::Local;
use super::super::demux::tests::check;
use super::super::shard::tests::join_entry;
use super::*;
use crate::command::Said;
use crate::ids::{ConnId, ParticipantId};
use crate::limits::SfuLimits;
use crate::media::{Need, Transmit};
use crate::outbox::{Outgoing, outbox};
use crate::room::{RoomInput, RoomOutput};
use crate::wire::CloseCode;

const SOON: Duration = Duration::from_secs(10);

/// A room of one person, whose packets come back. The user name is the meeting's code.
struct Echo {
    meeting: MeetingId,
    outputs: VecDeque<RoomOutput>,
}

impl Space for Echo {
    fn handle(&mut self, input: RoomInput<'_>, _at: Moment) {
        let participant = ParticipantId(1);
        match input {
            RoomInput::Join { conn, .. } => {
                let ufrag = self.meeting.as_str().to_owned();
                self.outputs
                    .push_back(RoomOutput::Ufrag { participant, ufrag });
                let text = bytes::Bytes::from_static(b"welcome");
                self.outputs.push_back(RoomOutput::Send { conn, text });
            }
            RoomInput::Packet {
                route, contents, ..
            } => {
                self.outputs
                    .push_back(RoomOutput::Authentic { participant, route });
                let contents = bytes::Bytes::copy_from_slice(contents);
                let transmit = Transmit { route, contents };
                self.outputs.push_back(RoomOutput::Transmit(transmit));
            }
            _ => {}
        }
    }

    fn poll(&mut self) -> Option<RoomOutput> {
        self.outputs.pop_front()
    }

    fn deadline(&self) -> Option<Instant> {
        None
    }

    fn needs(&self) -> Vec<Need> {
        Vec::new()
    }

    fn statistics(&mut self) -> RoomStatistics {
        RoomStatistics::default()
    }

    fn counters(&self) -> crate::stage::StageCounters {
        crate::stage::StageCounters::default()
    }
}

fn config() -> DriverConfig {
    DriverConfig {
        port: Some(0),
        shards: 1,
        interfaces: Vec::new(),
        addresses: vec!["127.0.0.1".parse().unwrap(), "::1".parse().unwrap()],
        public_ips: Vec::new(),
        tcp: true,
        meetings: 10,
        egress: None,
        connections: 10,
        observer: None,
        clock: Arc::new(SystemClock),
    }
}

fn start(config: &DriverConfig) -> Driver {
    Driver::start(config, |meeting, _candidates, _at| Echo {
        meeting: meeting.clone(),
        outputs: VecDeque::new(),
    })
    .unwrap()
}

async fn join(driver: &Driver, conn: u64) -> (MeetingId, Outgoing) {
    let meeting = MeetingId::generate().unwrap();
    let (outbox, mut outgoing) = outbox(&SfuLimits::default());
    let entry = Box::new(join_entry(&meeting));
    let said = Said::Open { outbox, entry };
    let command = Command {
        meeting: meeting.clone(),
        conn: ConnId(conn),
        said,
    };
    driver.submit(command).await.unwrap();
    assert_eq!(outgoing.texts.recv().await.unwrap(), "welcome");
    (meeting, outgoing)
}

fn udp(to: SocketAddr) -> UdpSocket {
    let any: IpAddr = match to {
        SocketAddr::V4(_) => "127.0.0.1".parse().unwrap(),
        SocketAddr::V6(_) => "::1".parse().unwrap(),
    };
    let socket = UdpSocket::bind((any, 0)).unwrap();
    socket.connect(to).unwrap();
    socket.set_read_timeout(Some(SOON)).unwrap();
    socket
}

#[tokio::test(flavor = "multi_thread")]
async fn packets_go_round_over_udp_on_every_address() {
    let driver = start(&config());
    let (meeting, _outgoing) = join(&driver, 1).await;
    for ip in driver.addresses() {
        let socket = udp(SocketAddr::new(ip, driver.ports()[0]));
        // A stranger hears nothing; the answer to who is known comes first.
        socket.send(&check("nobody:them")).unwrap();
        let hello = check(&format!("{}:them", meeting.as_str()));
        socket.send(&hello).unwrap();
        let mut buffer = [0; 2048];
        let length = socket.recv(&mut buffer).unwrap();
        assert_eq!(buffer[..length], hello);
        // Now the address is known.
        for number in 0..200_u8 {
            socket.send(&[0x80, 96, number]).unwrap();
            let length = socket.recv(&mut buffer).unwrap();
            assert_eq!(buffer[..length], [0x80, 96, number]);
        }
    }
    driver.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn packets_go_round_over_tcp() {
    let driver = start(&config());
    let (meeting, _outgoing) = join(&driver, 1).await;
    let mut stream = TcpStream::connect(("127.0.0.1", driver.ports()[0])).unwrap();
    stream.set_read_timeout(Some(SOON)).unwrap();
    let hello = check(&format!("{}:them", meeting.as_str()));
    for packet in [&hello[..], &[0x80, 96, 7], &[0x80, 96, 8]] {
        let length = u16::try_from(packet.len()).unwrap().to_be_bytes();
        let framed = [&length, packet].concat();
        stream.write_all(&framed).unwrap();
        let mut answer = vec![0; framed.len()];
        stream.read_exact(&mut answer).unwrap();
        assert_eq!(answer, framed);
    }
    // What is no packet ends the connection.
    stream.write_all(b"GET / HTTP/1.1\r\n\r\n").unwrap();
    assert_eq!(stream.read(&mut [0; 16]).unwrap(), 0);
    driver.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn meetings_spread_over_threads_with_a_port_each() {
    let driver = start(&DriverConfig {
        shards: 3,
        meetings: 30,
        ..config()
    });
    let ports = driver.ports();
    assert_eq!(ports.len(), 3);
    let mut meetings = Vec::new();
    for conn in 0..30 {
        meetings.push(join(&driver, conn).await);
    }
    let per_shard = ports.iter().map(|port| {
        let of_it = meetings.iter().filter(|(meeting, _)| {
            let shard = driver.shard(meeting).unwrap();
            shard.port == *port
        });
        of_it.count()
    });
    assert!(
        per_shard.clone().all(|count| count > 0),
        "{:?}",
        per_shard.collect::<Vec<_>>()
    );
    assert_eq!(driver.statistics().await.len(), 30);
    let (meeting, _) = &meetings[0];
    let port = driver.shard(meeting).unwrap().port;
    let socket = udp(SocketAddr::from(([127, 0, 0, 1], port)));
    let hello = check(&format!("{}:them", meeting.as_str()));
    socket.send(&hello).unwrap();
    assert_eq!(socket.recv(&mut [0; 2048]).unwrap(), hello.len());
    driver.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn stopping_tells_everybody_and_closes_the_ports() {
    let driver = start(&config());
    let port = driver.ports()[0];
    let (meeting, outgoing) = join(&driver, 1).await;
    driver.stop().await;
    assert_eq!(outgoing.closing.await.unwrap().code, CloseCode::GoingAway);
    let command = Command {
        meeting,
        conn: ConnId(1),
        said: Said::Gone(vnet_core::conference::Gone::Lost),
    };
    assert_eq!(driver.submit(command).await, Err(RoomsClosed));
    assert!(
        UdpSocket::bind(("127.0.0.1", port)).is_ok(),
        "it is free again"
    );
    assert!(driver.statistics().await.is_empty());
    driver.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_driver_that_is_dropped_leaves_no_thread() {
    let driver = start(&config());
    let (_meeting, outgoing) = join(&driver, 1).await;
    let thread = driver.shards[0].thread.lock().unwrap().take();
    drop(driver);
    let (thread, ended) = thread.unwrap();
    tokio::time::timeout(SOON, ended).await.unwrap().unwrap();
    thread.join().unwrap();
    assert_eq!(outgoing.closing.await.unwrap().code, CloseCode::GoingAway);
}

#[test]
fn a_port_that_was_asked_for_and_is_taken_is_told() {
    let holder = start(&config());
    let taken = DriverConfig {
        port: Some(holder.ports()[0]),
        ..config()
    };
    let error = Driver::start(&taken, |_: &MeetingId, _: &[LocalCandidate], _| -> Echo {
        unreachable!("no room is made")
    })
    .map(drop)
    .unwrap_err();
    let port = holder.ports()[0].to_string();
    let error = Error::from(error);
    assert!(error.to_string().contains(&port), "{error}");
    assert_eq!(error.code(), "media_port");
    let too_high = DriverConfig {
        port: Some(u16::MAX),
        shards: 2,
        ..config()
    };
    let error = open(&too_high, &too_high.addresses, 1).unwrap_err();
    assert!(matches!(error, DriverError::TooManyPorts(u16::MAX, 2)));
}

/// Looks at a list that the test writes.
fn watched(list: &Arc<Mutex<Vec<&'static str>>>) -> Look {
    let list = Arc::clone(list);
    Box::new(move || {
        let list = list.lock().unwrap();
        let locals = list.iter().map(|ip| Local {
            interface: "net".to_owned(),
            ip: ip.parse().unwrap(),
        });
        Ok(locals.collect())
    })
}

#[test]
fn addresses_that_come_later_are_listened_on_and_told() {
    let list = Arc::new(Mutex::new(vec!["127.0.0.1"]));
    let config = DriverConfig {
        addresses: Vec::new(),
        ..config()
    };
    let (tell, told) = mpsc::channel();
    let make = move |meeting: &MeetingId, candidates: &[LocalCandidate], _at| {
        tell.send(candidates.to_vec()).unwrap();
        Echo {
            meeting: meeting.clone(),
            outputs: VecDeque::new(),
        }
    };
    let (driver, mut lookout) = Driver::start_with(&config, watched(&list), make).unwrap();
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .unwrap();
    let enter = |conn| runtime.block_on(join(&driver, conn));
    let addresses = |told: &mpsc::Receiver<Vec<LocalCandidate>>| {
        let candidates = told.recv_timeout(SOON).unwrap();
        let ips = candidates.iter().map(|it| it.address.ip().to_string());
        ips.collect::<Vec<_>>()
    };
    let (first, _outgoing) = enter(1);
    assert_eq!(addresses(&told), ["127.0.0.1"; 2], "UDP and TCP");
    list.lock().unwrap().push("127.0.0.2");
    lookout.look_again();
    let (_second, _outgoing) = enter(2);
    let both = ["127.0.0.1", "127.0.0.2", "127.0.0.1", "127.0.0.2"];
    assert_eq!(addresses(&told), both);
    assert_eq!(driver.addresses().len(), 2);
    // Who came before is reached there, too.
    let port = driver.ports()[0];
    let hello = check(&format!("{}:them", first.as_str()));
    let go_round = |ip: [u8; 4]| {
        let socket = udp(SocketAddr::from((ip, port)));
        socket.send(&hello).unwrap();
        socket.recv(&mut [0; 2048]).unwrap()
    };
    assert_eq!(go_round([127, 0, 0, 2]), hello.len());
    TcpStream::connect(("127.0.0.2", port)).unwrap();
    // An address that is gone is not told any more, but comes back at once.
    list.lock().unwrap().remove(0);
    lookout.look_again();
    let (_third, _outgoing) = enter(3);
    assert_eq!(addresses(&told), ["127.0.0.2"; 2]);
    assert_eq!(go_round([127, 0, 0, 1]), hello.len());
    // After a long time its sockets are closed.
    for _look in 0..60 {
        lookout.look_again();
    }
    let (_fourth, _outgoing) = enter(4);
    assert!(UdpSocket::bind(("127.0.0.1", port)).is_ok(), "it is free");
    assert_eq!(go_round([127, 0, 0, 2]), hello.len());
    // A system that does not tell, or tells of nothing that is wanted, changes nothing.
    lookout.look = Box::new(|| Err(AddressError::System(io::Error::other("no"))));
    lookout.look_again();
    assert_eq!(driver.addresses().len(), 1);
    runtime.block_on(driver.stop());
}

#[test]
fn a_public_address_stands_before_the_one_it_leads_to() {
    let config = config();
    let sockets = open(&config, &config.addresses, 0).unwrap();
    let port = sockets.port;
    let public: IpAddr = "203.0.113.9".parse().unwrap();
    let found = candidates(&sockets.ours(), &[public]).unwrap();
    assert_eq!(found.len(), 4);
    let first = found[0];
    assert_eq!(first.address, (public, port).into());
    assert_eq!(first.base, Some(([127, 0, 0, 1], port).into()));
    assert_eq!(first.transport, Transport::Udp);
    assert_eq!(found[3].transport, Transport::Tcp);
    let sixes = found.iter().filter(|it| it.address.is_ipv6());
    assert!(sixes.clone().all(|it| it.base.is_none()));
    assert_eq!(sixes.count(), 2);

    let only_four = ["127.0.0.1".parse().unwrap()];
    let sockets = open(&config, &only_four, 0).unwrap();
    let error = candidates(&sockets.ours(), &["2001:db8::9".parse().unwrap()]).unwrap_err();
    assert!(error.to_string().contains("IPv6"), "{error}");
}
