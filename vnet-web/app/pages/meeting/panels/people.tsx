import { TextInput } from '@mantine/core';
import { IconSearch } from '@tabler/icons-react';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { Participant } from '../../../conference/conference';
import { useMeeting } from '../call/call';
import { sameParticipants } from '../call/people';
import { shallow } from '../call/store';
import { useHostActions } from '../call/use-host-actions';
import { Toggle } from '../controls/toggle';
import { Lobby } from './lobby';
import { Panel } from './panel';
import classes from './panel.module.css';
import { PersonRow } from './person-row';

const plain = (text: string) => text.normalize('NFKD').replace(/\p{M}/gu, '').toLocaleLowerCase();

/** Those whose name has all the words in it; raised hands first, the longest raised first as they came. */
export function found(people: readonly Participant[], search: string): Participant[] {
  const words = plain(search).split(/\s+/u).filter(Boolean);
  const matching = people.filter(({ name }) => words.every((word) => plain(name).includes(word)));
  const rank = (one: Participant) => (one.hand ? 0 : one.isSelf ? 1 : 2);
  return matching.sort((one, other) => rank(one) - rank(other));
}

const SEARCH_FROM = 8;

/** Everybody, with what can be known of them. */
export function People() {
  const { t } = useTranslation();
  const people = useMeeting((snapshot) => snapshot.participants, sameParticipants);
  const [search, setSearch] = useState('');
  const shown = found(people, search);
  return (
    <Panel name="people" title={t('conference.peopleCount', { count: people.length })}>
      <div className={classes.body}>
        <Lobby />
        {people.length >= SEARCH_FROM && (
          <TextInput
            type="search"
            size="sm"
            aria-label={t('conference.search')}
            placeholder={t('conference.search')}
            leftSection={<IconSearch size="1rem" aria-hidden="true" />}
            value={search}
            onChange={(event) => setSearch(event.currentTarget.value)}
          />
        )}
        <ul className={classes.list} aria-label={t('conference.people')}>
          {shown.map((person) => (
            <PersonRow key={person.id} person={person} />
          ))}
        </ul>
        {shown.length === 0 && <p className={classes.empty}>{t('conference.searchNothing')}</p>}
        <HostSwitches />
      </div>
    </Panel>
  );
}

function HostSwitches() {
  const { t } = useTranslation();
  const { host, act } = useHostActions();
  const { locked, lobby } = useMeeting((snapshot) => snapshot.meeting, shallow);
  if (!host) return null;
  return (
    <fieldset className={classes.switches} aria-label={t('conference.hostTools')}>
      <Toggle
        checked={lobby}
        onChange={(event) => {
          const on = event.currentTarget.checked;
          act((actions) => actions.lobby(on));
        }}
        label={t('conference.lobbySwitch')}
        description={t('conference.lobbyHelp')}
      />
      <Toggle
        checked={locked}
        onChange={(event) => {
          const on = event.currentTarget.checked;
          act((actions) => actions.lock(on));
        }}
        label={t('conference.lockSwitch')}
        description={t('conference.lockHelp')}
      />
    </fieldset>
  );
}
