import { testTrack } from '../../test/media';
import { conferenceContract } from '../contract/contract';
import { otherWith } from '../contract/stage';
import { FakeConference } from './fake';
import { FakeRoom } from './room';

conferenceContract('the made-up conference', async (role) => {
  const room = new FakeRoom();
  const track = async (kind: 'audio' | 'video') => testTrack(kind);
  const conferences: FakeConference[] = [];
  const make = (name: string, as: 'host' | 'guest') => {
    const conference = new FakeConference({ room, name, role: as });
    conferences.push(conference);
    return conference;
  };
  return {
    conference: make('Ada', role),
    name: 'Ada',
    track,
    other: async (number) => {
      const name = ['Bob', 'Cyd'][number] ?? '';
      return otherWith(name, make(name, role === 'guest' && number === 0 ? 'host' : 'guest'), track);
    },
    close: async () => {
      for (const conference of conferences) await conference.leave();
    },
  };
});
