import '@mantine/core/styles/Checkbox.css';
import { Button, Checkbox, Textarea, TextInput } from '@mantine/core';
import { type FormEvent, type ReactNode, useRef, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { ApiError, type NewMeeting } from '../../api/client';
import { Card } from '../../components/card';
import { Notice } from '../../components/notice';
import { useFaultWords } from '../../components/use-fault-words';
import classes from './meeting-form.module.css';
import { TimeFields } from './time-fields';
import { type Faults, FIELD_OF, type Field, faultsOf, LIMITS, toWire, type Values } from './values';

interface Props {
  readonly initial: Values;
  /** Offers to begin at once. */
  readonly canStartNow: boolean;
  readonly submit: (values: Values) => string;
  readonly busy: boolean;
  /** What the server said to the last try. */
  readonly error: Error | null;
  /** The sentence above an error that no field explains. */
  readonly failed: string;
  readonly onSubmit: (meeting: NewMeeting, isNow: boolean) => void;
  readonly cancel: ReactNode;
}

const FIELDS: readonly Field[] = ['title', 'notes', 'start', 'end'];

/** The fields of a meeting, new or old. */
export function MeetingForm(props: Props) {
  const { initial, canStartNow, submit, busy, error, failed, onSubmit, cancel } = props;
  const { t } = useTranslation();
  const words = useFaultWords();
  const form = useRef<HTMLFormElement>(null);
  const [values, setValues] = useState(initial);
  const [faults, setFaults] = useState<Faults>({});
  const messages = useMessages(faults, error);
  const isExplained = error instanceof ApiError && Object.keys(error.fields).some((name) => name in FIELD_OF);

  const change = (next: Values) => {
    setValues(next);
    // What was marked is looked at again while it is mended; nothing new is marked before the next try.
    const now = faultsOf(next);
    setFaults((marked) =>
      Object.fromEntries(Object.entries(now).filter(([name]) => marked[name as Field] !== undefined)),
    );
  };

  const send = (event: FormEvent) => {
    event.preventDefault();
    const found = faultsOf(values);
    setFaults(found);
    const first = FIELDS.find((name) => found[name]);
    if (first) form.current?.querySelector<HTMLElement>(`[data-field="${first}"]`)?.focus();
    else onSubmit(toWire(values, Date.now()), values.now);
  };

  return (
    <Card>
      <form ref={form} className={classes.form} noValidate onSubmit={send}>
        {Object.keys(faults).length > 0 && <Notice kind="bad" role="alert" title={t('form.look')} />}
        {error && !busy && (
          <Notice kind="bad" role="alert" title={isExplained ? t('form.look') : failed}>
            {!isExplained && <p>{words(error)}</p>}
          </Notice>
        )}
        <TextInput
          name="title"
          data-field="title"
          label={t('form.name')}
          description={t('form.nameHint')}
          required
          maxLength={LIMITS.title * 2}
          autoComplete="off"
          value={values.title}
          error={messages.title}
          onChange={(event) => change({ ...values, title: event.currentTarget.value })}
        />
        <Textarea
          name="notes"
          data-field="notes"
          label={t('form.notes')}
          description={t('form.notesHint')}
          required
          rows={4}
          value={values.notes}
          error={messages.notes}
          onChange={(event) => change({ ...values, notes: event.currentTarget.value })}
        />
        {canStartNow && (
          <Checkbox
            name="join-now"
            size="md"
            label={t('form.now')}
            description={t('form.nowHint')}
            checked={values.now}
            onChange={(event) => change({ ...values, now: event.currentTarget.checked })}
          />
        )}
        <TimeFields values={values} onChange={change} startError={messages.start} endError={messages.end} />
        <div className={classes.buttons}>
          <Button type="submit" disabled={busy}>
            {submit(values)}
          </Button>
          {cancel}
        </div>
      </form>
    </Card>
  );
}

/** What stands at each field: our own finding, else what the server said. */
function useMessages(faults: Faults, error: Error | null): Partial<Record<Field, string>> {
  const { t } = useTranslation();
  const messages: Partial<Record<Field, string>> = {};
  if (error instanceof ApiError) {
    for (const [name, said] of Object.entries(error.fields)) {
      const field = FIELD_OF[name];
      if (field) messages[field] = said.join(' ');
    }
  }
  for (const [name, fault] of Object.entries(faults)) {
    const field = name as Field;
    const count = field === 'notes' ? LIMITS.notes : LIMITS.title;
    messages[field] = fault === 'tooLong' ? t('form.tooLong', { count }) : t(`form.${fault}`);
  }
  return messages;
}
