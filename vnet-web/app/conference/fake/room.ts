import {
  type ChatLine,
  ConferenceError,
  type LeaveReason,
  type MeetingState,
  type Participant,
  type ParticipantId,
  type Quality,
  type Role,
  type Source,
  type StreamId,
  type Waiting,
} from '../conference';

/** What somebody publishes in a made-up meeting. */
export interface Published {
  readonly id: StreamId;
  readonly participant: ParticipantId;
  readonly source: Source;
  readonly muted: boolean;
  /** The track of a real page; `null`: it is made up where it plays. */
  readonly track: MediaStreamTrack | null;
}

/** What those in the meeting are told. */
export type RoomEvent =
  | { readonly type: 'people' | 'streams' | 'meeting' | 'waiting' | 'dominant' | 'admitted' }
  | { readonly type: 'joined' | 'departed' | 'hand'; readonly participant: Participant }
  | { readonly type: 'chat'; readonly line: ChatLine }
  | { readonly type: 'reaction'; readonly participant: ParticipantId; readonly emoji: string }
  | { readonly type: 'silenced'; readonly source: Source; readonly by: ParticipantId | null }
  | { readonly type: 'out'; readonly reason: LeaveReason };

export type Hears = (event: RoomEvent) => void;

export interface NewPerson {
  readonly role?: Role;
  /** What they publish from the start; a microphone and a camera if left out. */
  readonly sources?: readonly Source[];
}

/**
 * A made-up meeting: what a server would know. Pages take part through `FakeConference`s; everybody else
 * is moved by a script through the methods here.
 */
export class FakeRoom {
  readonly people = new Map<ParticipantId, Participant>();
  readonly streams = new Map<StreamId, Published>();
  readonly waiting = new Map<ParticipantId, Waiting>();
  readonly chat: ChatLine[] = [];
  meeting: MeetingState;
  dominant: ParticipantId | null = null;
  readonly #seats = new Map<ParticipantId, Hears>();
  #last = 0;

  constructor(startedAt: number | null = Date.now()) {
    this.meeting = { locked: false, lobby: false, startedAt };
  }

  /** Tells all pages in the meeting; `only` tells some. */
  tell(event: RoomEvent, only: (id: ParticipantId) => boolean = () => true): void {
    for (const [id, hears] of [...this.#seats]) if (this.people.has(id) && only(id)) hears(event);
  }

  #number(letter: string): string {
    this.#last += 1;
    return `${letter}${this.#last}`;
  }

  /* ---------- pages come and go ---------- */

  /** A page knocks; it is in when it hears `admitted`, at once unless there is a lobby. */
  enter(name: string, role: Role, hears: Hears): ParticipantId {
    if (this.meeting.locked && role !== 'host') throw new ConferenceError('locked', 'The meeting is locked.');
    const id = this.#number('p');
    this.#seats.set(id, hears);
    if (this.meeting.lobby && role !== 'host') this.#wait({ id, name });
    else this.#seat(id, name, role);
    return id;
  }

  #wait(waiting: Waiting): void {
    this.waiting.set(waiting.id, waiting);
    this.#tellHosts();
  }

  #tellHosts(): void {
    this.tell({ type: 'waiting' }, (id) => this.people.get(id)?.role === 'host');
  }

  #seat(id: ParticipantId, name: string, role: Role): void {
    const about = { hand: false, connected: true, quality: 'good', level: 0 } as const;
    const participant: Participant = { id, name, isSelf: false, role, ...about };
    this.tell({ type: 'joined', participant });
    this.people.set(id, participant);
    this.#seats.get(id)?.({ type: 'admitted' });
    this.tell({ type: 'people' });
  }

  /** Somebody is gone, with all they published. */
  leave(id: ParticipantId): void {
    if (this.waiting.delete(id)) this.#tellHosts();
    const participant = this.people.get(id);
    this.people.delete(id);
    this.#seats.delete(id);
    if (!participant) return;
    for (const stream of [...this.streams.values()]) {
      if (stream.participant === id) this.streams.delete(stream.id);
    }
    if (this.dominant === id) this.setDominant(null);
    this.tell({ type: 'people' });
    this.tell({ type: 'streams' });
    this.tell({ type: 'departed', participant });
  }

  /** Puts somebody out, and says why. */
  putOut(id: ParticipantId, reason: LeaveReason): void {
    const hears = this.#seats.get(id);
    this.leave(id);
    hears?.({ type: 'out', reason });
  }

  publish(
    participant: ParticipantId,
    source: Source,
    track: MediaStreamTrack | null,
    muted = false,
  ): StreamId {
    const known = this.find(participant, source);
    const id = known?.id ?? this.#number('s');
    this.streams.set(id, { id, participant, source, muted, track });
    this.tell({ type: 'streams' });
    return id;
  }

  unpublish(participant: ParticipantId, source: Source): void {
    const known = this.find(participant, source);
    if (!known) return;
    this.streams.delete(known.id);
    this.tell({ type: 'streams' });
  }

  find(participant: ParticipantId, source: Source): Published | undefined {
    return [...this.streams.values()].find((one) => one.participant === participant && one.source === source);
  }

  /* ---------- what people do, pages and script alike ---------- */

  change(id: ParticipantId, change: Partial<Omit<Participant, 'id' | 'isSelf'>>): void {
    const before = this.people.get(id);
    if (!before) throw new ConferenceError('no_such_participant', 'They are not in the meeting.');
    const participant = { ...before, ...change };
    this.people.set(id, participant);
    this.tell({ type: 'people' });
    if (before.hand !== participant.hand) this.tell({ type: 'hand', participant });
    if (before.role !== participant.role) this.tell({ type: 'waiting' });
  }

  setMuted(participant: ParticipantId, source: Source, muted: boolean): void {
    const known = this.find(participant, source);
    if (!known || known.muted === muted) return;
    this.streams.set(known.id, { ...known, muted });
    this.tell({ type: 'streams' });
  }

  say(from: ParticipantId, text: string, to: ParticipantId | null = null): ChatLine {
    const sender = this.people.get(from);
    if (!sender || (to !== null && !this.people.has(to))) {
      throw new ConferenceError('no_such_participant', 'They are not in the meeting.');
    }
    if (!text.trim() || [...text].length > 4000) {
      throw new ConferenceError('bad_text', 'A line has 1 to 4,000 characters, and not only blanks.');
    }
    const line = { id: this.#number('c'), from, name: sender.name, to, text, at: Date.now() };
    this.chat.push(line);
    this.tell({ type: 'chat', line }, (id) => to === null || id === to || id === from);
    return line;
  }

  react(participant: ParticipantId, emoji: string): void {
    this.tell({ type: 'reaction', participant, emoji });
  }

  setMeeting(change: Partial<MeetingState>): void {
    this.meeting = { ...this.meeting, ...change };
    this.tell({ type: 'meeting' });
    if (!this.meeting.lobby) for (const id of [...this.waiting.keys()]) this.admit(id);
  }

  admit(id: ParticipantId): void {
    const waiting = this.#waits(id);
    this.waiting.delete(id);
    this.#tellHosts();
    this.#seat(id, waiting.name, 'guest');
    // Who is only made up begins to send now.
    if (!this.#seats.has(id)) this.#publishAll(id, ['microphone', 'camera']);
  }

  deny(id: ParticipantId): void {
    this.#waits(id);
    this.putOut(id, 'denied');
  }

  #waits(id: ParticipantId): Waiting {
    const waiting = this.waiting.get(id);
    if (!waiting) throw new ConferenceError('no_such_participant', 'They do not wait.');
    return waiting;
  }

  /** A host mutes somebody's stream. */
  silence(stream: StreamId, by: ParticipantId | null): void {
    const known = this.streams.get(stream);
    if (!known) throw new ConferenceError('no_such_track', 'It is not published.');
    this.setMuted(known.participant, known.source, true);
    this.#seats.get(known.participant)?.({ type: 'silenced', source: known.source, by });
  }

  /** Ends the meeting for all. */
  end(): void {
    for (const id of [...this.#seats.keys()]) this.putOut(id, 'ended');
    for (const id of [...this.people.keys()]) this.leave(id);
  }

  /* ---------- the script ---------- */

  /** Somebody made up enters. */
  add(name: string, { role = 'guest', sources = ['microphone', 'camera'] }: NewPerson = {}): ParticipantId {
    const id = this.#number('p');
    this.#seat(id, name, role);
    this.#publishAll(id, sources);
    return id;
  }

  #publishAll(id: ParticipantId, sources: readonly Source[]): void {
    for (const source of sources) this.publish(id, source, null);
  }

  /** Somebody made up comes to the lobby. */
  knock(name: string): ParticipantId {
    const id = this.#number('p');
    this.#wait({ id, name });
    return id;
  }

  /** Somebody speaks so loud, 0 to 1; who begins holds the floor. */
  speak(id: ParticipantId, level: number): void {
    this.change(id, { level });
    if (level > 0) this.setDominant(id);
  }

  setDominant(id: ParticipantId | null): void {
    if (this.dominant === id) return;
    this.dominant = id;
    this.tell({ type: 'dominant' });
  }

  share(id: ParticipantId, on: boolean, withSound = false): void {
    if (!on) {
      this.unpublish(id, 'screen');
      this.unpublish(id, 'screenAudio');
      return;
    }
    this.publish(id, 'screen', null);
    if (withSound) this.publish(id, 'screenAudio', null);
  }

  connected(id: ParticipantId, connected: boolean): void {
    this.change(id, { connected, quality: connected ? 'good' : 'lost' });
  }

  quality(id: ParticipantId, quality: Quality | null): void {
    this.change(id, { quality });
  }
}
