//! A bare WebSocket relay on tokio-tungstenite: the least that a relay of this shape can cost.
//!
//! One task owns both sockets of a room, every text goes to both (its sender too), what waits is
//! written together, buffers are 4 KiB. There are no accounts, no JSON, no limits and no notices.

use std::collections::HashMap;
use std::future::Future;
use std::io;
use std::pin::Pin;
use std::sync::{Arc, Mutex, PoisonError};
use std::task::{Context, Poll, ready};

use futures_core::Stream;
use futures_sink::Sink;
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::mpsc;
use tokio_tungstenite::WebSocketStream;
use tokio_tungstenite::tungstenite::handshake::server::{Request, Response};
use tokio_tungstenite::tungstenite::protocol::WebSocketConfig;
use tokio_tungstenite::tungstenite::{Error, Message};

const BUFFER_BYTES: usize = 4 * 1024;
/// Rounds over the two sockets before other rooms get their turn.
const ROUNDS: usize = 32;

type Socket = WebSocketStream<TcpStream>;
type Rooms = Arc<Mutex<HashMap<String, mpsc::Sender<Socket>>>>;

/// Accepts sockets for ever and seats them in rooms named by the request's path.
///
/// # Errors
/// When the listener fails.
pub async fn serve(listener: TcpListener) -> io::Result<()> {
    let rooms = Rooms::default();
    loop {
        let (stream, _) = listener.accept().await?;
        let rooms = Arc::clone(&rooms);
        tokio::spawn(async move {
            if let Some((path, socket)) = shake_hands(stream).await {
                seat(&rooms, path, socket);
            }
        });
    }
}

async fn shake_hands(stream: TcpStream) -> Option<(String, Socket)> {
    stream.set_nodelay(true).ok()?;
    let config = WebSocketConfig::default()
        .read_buffer_size(BUFFER_BYTES)
        .write_buffer_size(BUFFER_BYTES);
    let mut path = String::new();
    #[expect(
        clippy::result_large_err,
        reason = "the callback's type is tungstenite's"
    )]
    let keep_path = |request: &Request, response: Response| {
        request.uri().path().clone_into(&mut path);
        Ok(response)
    };
    let handshake =
        tokio_tungstenite::accept_hdr_async_with_config(stream, keep_path, Some(config));
    let socket = handshake.await.ok()?;
    Some((path, socket))
}

fn seat(rooms: &Rooms, path: String, socket: Socket) {
    let mut open = rooms.lock().unwrap_or_else(PoisonError::into_inner);
    let socket = match open.get(&path) {
        None => socket,
        Some(door) => match door.try_send(socket) {
            Ok(()) => return,
            // A third peer; the room's task only ends under the lock, so the door is never closed.
            Err(_refused) => return,
        },
    };
    let (sender, door) = mpsc::channel(1);
    open.insert(path.clone(), sender);
    drop(open);
    tokio::spawn(Room {
        path,
        rooms: Arc::clone(rooms),
        door,
        seats: [Some(socket), None],
    });
}

/// The task of a room: owns its sockets and moves what they say.
struct Room {
    path: String,
    rooms: Rooms,
    door: mpsc::Receiver<Socket>,
    seats: [Option<Socket>; 2],
}

impl Room {
    /// Lets a peer in that stands at the door, if a seat is free.
    fn admit(&mut self, cx: &mut Context<'_>) {
        if let Some(free) = self.seats.iter().position(Option::is_none)
            && let Poll::Ready(Some(socket)) = self.door.poll_recv(cx)
        {
            self.seats[free] = Some(socket);
        }
    }

    /// Reads one message from each seat and puts it into the buffers of all.
    /// `false` when there was none.
    fn relay_once(&mut self, cx: &mut Context<'_>) -> bool {
        let mut moved = false;
        for from in 0..self.seats.len() {
            let Some(socket) = &mut self.seats[from] else {
                continue;
            };
            match Pin::new(socket).poll_next(cx) {
                Poll::Pending => {}
                Poll::Ready(Some(Ok(message @ Message::Text(_)))) => {
                    moved = true;
                    self.broadcast(cx, &message);
                }
                Poll::Ready(Some(Ok(_))) => moved = true,
                Poll::Ready(None | Some(Err(_))) => self.seats[from] = None,
            }
        }
        moved
    }

    fn broadcast(&mut self, cx: &mut Context<'_>, message: &Message) {
        for seat in &mut self.seats {
            let Some(socket) = seat else { continue };
            if put(Pin::new(socket), cx, message.clone()).is_err() {
                *seat = None;
            }
        }
    }

    fn flush(&mut self, cx: &mut Context<'_>) {
        for seat in &mut self.seats {
            if let Some(socket) = seat
                && let Poll::Ready(Err(_)) = Pin::new(socket).poll_flush(cx)
            {
                *seat = None;
            }
        }
    }

    /// Ends the room if it is empty and nobody stands at the door.
    fn poll_end(&mut self, cx: &mut Context<'_>) -> Poll<()> {
        if self.seats.iter().any(Option::is_some) {
            return Poll::Pending;
        }
        let mut open = self.rooms.lock().unwrap_or_else(PoisonError::into_inner);
        match self.door.poll_recv(cx) {
            Poll::Ready(Some(socket)) => {
                self.seats[0] = Some(socket);
                cx.waker().wake_by_ref();
                Poll::Pending
            }
            Poll::Ready(None) | Poll::Pending => {
                open.remove(&self.path);
                Poll::Ready(())
            }
        }
    }
}

fn put(mut socket: Pin<&mut Socket>, cx: &mut Context<'_>, message: Message) -> Result<(), Error> {
    // Not ready only means that bytes wait in tungstenite's own buffer, which is bounded.
    let _ = socket.as_mut().poll_ready(cx)?;
    socket.start_send(message)
}

impl Future for Room {
    type Output = ();

    fn poll(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<()> {
        self.admit(cx);
        let mut rounds = 0;
        while rounds < ROUNDS && self.relay_once(cx) {
            rounds += 1;
        }
        self.flush(cx);
        if rounds == ROUNDS {
            cx.waker().wake_by_ref();
        }
        ready!(self.poll_end(cx));
        Poll::Ready(())
    }
}
