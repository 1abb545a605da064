import { beforeAll } from 'vitest';
import { testTrack } from '../../test/media';
import { conferenceContract } from '../contract/contract';
import { otherWith } from '../contract/stage';
import { Stage, words } from './testing';

beforeAll(words);

conferenceContract('the conference of Azure Communication Services', async (role) => {
  const stage = new Stage();
  const track = async (kind: 'audio' | 'video') => testTrack(kind);
  const roles = [role === 'host' ? 'guest' : 'host', 'guest'] as const;
  return {
    conference: stage.conference('me', role),
    name: 'ME',
    lacks: ['roles', 'voices', 'mutedPictures'],
    track,
    other: async (number) => {
      const name = ['ada', 'bob'][number] ?? '';
      return otherWith(name.toUpperCase(), stage.conference(name, roles[number]), track);
    },
    close: () => stage.end(),
  };
});
