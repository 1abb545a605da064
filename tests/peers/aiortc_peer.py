"""A participant on aiortc: a WebRTC stack that shares no code with browsers or with the server.

It makes an account, enters a meeting, sends a tone and a moving picture, asks for every picture of the others,
and prints what it hears and sees as lines of JSON until standard input ends:

    {"state": "connected", "pictures": {"t2": 41}, "voices": {"t1": {"hertz": 440.0, "level": 0.21, "part": 0.98}},
     "tracks": 3}

    aiortc_peer.py URL NAME MEETING_CODE TONE_HZ
"""

import asyncio
import fractions
import json
import logging
import math
import sys

import aiohttp
import numpy
from aiortc import MediaStreamTrack, RTCBundlePolicy, RTCConfiguration, RTCPeerConnection, RTCSessionDescription
from aiortc.mediastreams import VIDEO_CLOCK_RATE, VIDEO_TIME_BASE
from av import AudioFrame, VideoFrame

from hearing import Voice

RATE = 48_000
SAMPLES = RATE // 50
PASSWORD = "correct-horse-battery-staple"
VIDEO_SLOTS = 3
AUDIO_SLOTS = 3


class Tone(MediaStreamTrack):
    """A sine of one frequency at a quarter of full scale."""

    kind = "audio"

    def __init__(self, hertz):
        super().__init__()
        self.hertz = hertz
        self.at = 0
        self.began = None

    async def recv(self):
        loop = asyncio.get_running_loop()
        self.began = loop.time() if self.began is None else self.began
        await asyncio.sleep(max(0, self.began + self.at / RATE - loop.time()))
        phase = numpy.arange(self.at, self.at + SAMPLES) * (2 * math.pi * self.hertz / RATE)
        samples = (numpy.sin(phase) * 8_192).astype(numpy.int16).reshape(1, -1)
        frame = AudioFrame.from_ndarray(samples, format="s16", layout="mono")
        frame.sample_rate, frame.pts, frame.time_base = RATE, self.at, fractions.Fraction(1, RATE)
        self.at += SAMPLES
        return frame


class Bars(MediaStreamTrack):
    """A picture in which something moves, 15 times a second."""

    kind = "video"

    def __init__(self):
        super().__init__()
        self.count = 0
        self.began = None

    async def recv(self):
        loop = asyncio.get_running_loop()
        self.began = loop.time() if self.began is None else self.began
        await asyncio.sleep(max(0, self.began + self.count / 15 - loop.time()))
        picture = numpy.zeros((180, 320, 3), numpy.uint8)
        left = self.count * 4 % 300
        picture[:, left : left + 20] = (40, 200, 120)
        frame = VideoFrame.from_ndarray(picture, format="rgb24")
        frame.pts, frame.time_base = self.count * VIDEO_CLOCK_RATE // 15, VIDEO_TIME_BASE
        self.count += 1
        return frame


class Heard:
    """What arrives."""

    def __init__(self):
        self.pictures = {}
        self.voices = {}
        self.slots = {}

    async def look(self, track, mid):
        """Counts decoded pictures by the track that the server says plays here."""
        while True:
            try:
                await track.recv()
            except Exception:  # the stream ended
                return
            playing = self.slots.get(mid)
            if playing is not None:
                name = f"t{playing}"
                self.pictures[name] = self.pictures.get(name, 0) + 1

    async def listen(self, track, mid):
        """Hears each voice by itself: several sound at once, and each slot's track may change."""
        voice, of = Voice(), None
        while True:
            try:
                frame = await track.recv()
            except Exception:
                return
            playing = self.slots.get(mid)
            if playing != of:
                self.voices.pop(f"t{of}", None)
                voice, of = Voice(), playing
            if playing is None:
                continue
            samples = frame.to_ndarray().reshape(-1, len(frame.layout.channels))[:, 0]
            voice.feed(samples / 32_768, frame.sample_rate)
            self.voices[f"t{playing}"] = voice


async def sign_up(http, url, name):
    form = {
        "username": name,
        "email": f"{name}@mail.example.org",
        "first_name": "Aio",
        "last_name": "Peer",
        "password": PASSWORD,
        "password_2": PASSWORD,
    }
    async with http.post(f"{url}/account/sign-up/", data=form, headers={"Origin": url}) as answer:
        answer.raise_for_status()


async def ticket(http, url, meeting):
    address = f"{url}/meeting/meetings/{meeting}/join/"
    async with http.post(address, headers={"Origin": url}) as answer:
        answer.raise_for_status()
        return await answer.json()


async def read_messages(socket, connection, heard, wanted):
    async for message in socket:
        if message.type != aiohttp.WSMsgType.TEXT:
            continue
        said = json.loads(message.data)
        kind = said["type"]
        if kind == "error":
            raise SystemExit(f"refused: {said}")
        if kind == "welcome":
            wanted.me = said["you"]
            await connection.setRemoteDescription(RTCSessionDescription(said["answer"], "answer"))
            for track in said["snapshot"]["tracks"]:
                await wanted.add(track)
        elif kind == "track_added":
            await wanted.add(said["track"])
        elif kind == "slots":
            for slot in said["slots"]:
                heard.slots[slot["mid"]] = slot["track"]


class Wanted:
    """Asks for every picture of the others."""

    def __init__(self, socket):
        self.socket = socket
        self.me = None
        self.tracks = set()

    async def add(self, track):
        self.tracks.add(track["id"])
        if track["participant"] != self.me and track["source"] in ("camera", "screen"):
            want = {"track": track["id"], "on": True, "width": 640}
            await self.socket.send_json({"type": "want", "tracks": [want]})


async def report(connection, heard, wanted):
    while True:
        await asyncio.sleep(0.25)
        said = {
            "state": connection.connectionState,
            "pictures": heard.pictures,
            "voices": {name: voice.said() for name, voice in heard.voices.items()},
            "tracks": len(wanted.tracks),
        }
        print(json.dumps(said), flush=True)


async def main(url, name, meeting, hertz):
    heard = Heard()
    # Other policies make it take the candidates from the last section; those of a bundle stand in the first.
    policy = RTCBundlePolicy.MAX_COMPAT
    connection = RTCPeerConnection(RTCConfiguration(iceServers=[], bundlePolicy=policy))
    mine = [
        ("microphone", connection.addTransceiver(Tone(hertz), direction="sendonly")),
        ("camera", connection.addTransceiver(Bars(), direction="sendonly")),
    ]
    for kind, count in (("audio", AUDIO_SLOTS), ("video", VIDEO_SLOTS)):
        for _ in range(count):
            connection.addTransceiver(kind, direction="recvonly")
    tasks = set()

    @connection.on("track")
    def arrived(track):
        slots = {id(each.receiver.track): each.mid for each in connection.getTransceivers()}
        work = heard.look(track, slots[id(track)]) if track.kind == "video" else heard.listen(track, slots[id(track)])
        tasks.add(asyncio.ensure_future(work))

    await connection.setLocalDescription(await connection.createOffer())
    # Cookies of an address that is a number, too: the server may not have a name.
    jar = aiohttp.CookieJar(unsafe=True)
    async with aiohttp.ClientSession(cookie_jar=jar, trust_env=False) as http:
        await sign_up(http, url, name)
        entry = await ticket(http, url, meeting)
        async with http.ws_connect(entry["url"], origin=url) as socket:
            join = {
                "type": "join",
                "id": 1,
                "version": 1,
                "ticket": entry["ticket"],
                "offer": connection.localDescription.sdp,
                "publish": [{"source": source, "mid": each.mid} for source, each in mine],
            }
            await socket.send_json(join)
            wanted = Wanted(socket)
            reading = asyncio.ensure_future(read_messages(socket, connection, heard, wanted))
            reporting = asyncio.ensure_future(report(connection, heard, wanted))
            stopped = asyncio.get_running_loop().run_in_executor(None, sys.stdin.read)
            done, _ = await asyncio.wait({reading, stopped}, return_when=asyncio.FIRST_COMPLETED)
            reporting.cancel()
            for task in done - {stopped}:
                task.result()
                raise SystemExit(f"the server closed the socket: {socket.close_code}")
            await socket.send_json({"type": "leave"})
    await connection.close()


if __name__ == "__main__":
    # What it negotiates: shown when a test fails.
    logging.basicConfig(level=logging.INFO)
    asyncio.run(main(sys.argv[1], sys.argv[2], sys.argv[3], float(sys.argv[4])))
