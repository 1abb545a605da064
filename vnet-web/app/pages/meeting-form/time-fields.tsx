import { NativeSelect, TextInput } from '@mantine/core';
import { useMemo } from 'react';
import { useTranslation } from 'react-i18next';
import { fullRange } from '../../time/format';
import { allZones, localZone, momentsOf, offsetName, zoneName } from '../../time/zone';
import classes from './meeting-form.module.css';
import { endOf, LENGTHS, lengthIn, startOf, type Values, withLength, withStart, withZone } from './values';

interface Props {
  readonly values: Values;
  readonly onChange: (values: Values) => void;
  readonly startError: string | undefined;
  readonly endError: string | undefined;
}

/** When the meeting is, and in which zone that is meant. */
export function TimeFields({ values, onChange, startError, endError }: Props) {
  const { t, i18n } = useTranslation();
  const length = lengthIn(values);
  const start = startOf(values);
  const end = endOf(values);
  const isElsewhere = values.zone !== localZone();
  const lengths = LENGTHS.map((minutes) => ({
    value: String(minutes),
    label: t('form.minutes', { count: minutes }),
  }));
  return (
    <fieldset className={classes.times}>
      <legend className={classes.legend}>{t('form.when')}</legend>
      {!values.now && (
        <div className={classes.field}>
          <TextInput
            type="datetime-local"
            name="start_time"
            data-field="start"
            label={t('form.starts')}
            required
            value={values.start}
            error={startError}
            onChange={(event) => onChange(withStart(values, event.currentTarget.value))}
          />
          <Which
            text={values.start}
            zone={values.zone}
            isSecond={values.startSecond}
            onChange={(startSecond) => onChange({ ...values, startSecond })}
          />
        </div>
      )}
      {!values.now && (
        <div className={classes.field}>
          <TextInput
            type="datetime-local"
            name="end_time"
            data-field="end"
            label={t('form.ends')}
            description={t('form.endsHint')}
            inputWrapperOrder={['label', 'input', 'description', 'error']}
            value={values.end}
            error={endError}
            onChange={(event) => onChange({ ...values, end: event.currentTarget.value, endSecond: false })}
          />
          <Which
            text={values.end}
            zone={values.zone}
            isSecond={values.endSecond}
            onChange={(endSecond) => onChange({ ...values, endSecond })}
          />
        </div>
      )}
      <NativeSelect
        label={t('form.duration')}
        value={length !== null && LENGTHS.some((known) => known === length) ? String(length) : ''}
        data={[{ value: '', label: values.end ? t('form.other') : t('form.open') }, ...lengths]}
        onChange={({ currentTarget: { value } }) =>
          onChange(value ? withLength(values, Number(value)) : { ...values, end: '', endSecond: false })
        }
      />
      {!values.now && (
        <div className={classes.field}>
          <ZoneSelect values={values} onChange={onChange} />
          {isElsewhere && start !== null && (
            <p className={classes.hint} role="status">
              {t('form.summary', { when: fullRange(start, end, i18n.language) })}
            </p>
          )}
        </div>
      )}
    </fieldset>
  );
}

interface WhichProps {
  readonly text: string;
  readonly zone: string;
  readonly isSecond: boolean;
  readonly onChange: (isSecond: boolean) => void;
}

/** Asks which of two is meant, where clocks are put back over a time. */
function Which({ text, zone, isSecond, onChange }: WhichProps) {
  const { t, i18n } = useTranslation();
  const [first, second] = momentsOf(text, zone) ?? [];
  if (first === undefined || second === undefined) return null;
  const label = (at: number) => offsetName(at, zone, i18n.language);
  return (
    <NativeSelect
      label={t('form.which')}
      value={isSecond ? 'second' : 'first'}
      data={[
        { value: 'first', label: t('form.first', { offset: label(first) }) },
        { value: 'second', label: t('form.second', { offset: label(second) }) },
      ]}
      onChange={(event) => onChange(event.currentTarget.value === 'second')}
    />
  );
}

function ZoneSelect({ values, onChange }: Pick<Props, 'values' | 'onChange'>) {
  const { t, i18n } = useTranslation();
  const { zone } = values;
  // There are hundreds: they are made once, and not with each letter that is typed.
  const options = useMemo(() => {
    const all = allZones();
    const known = all.includes(zone) ? all : [zone, ...all];
    return known.map((name) => (
      <option key={name} value={name}>
        {zoneName(name)}
      </option>
    ));
  }, [zone]);
  const offset = offsetName(startOf(values) ?? Date.now(), zone, i18n.language);
  return (
    <NativeSelect
      label={t('form.zone')}
      description={t('form.zoneHint', { offset })}
      inputWrapperOrder={['label', 'input', 'description', 'error']}
      value={zone}
      onChange={(event) => onChange(withZone(values, event.currentTarget.value))}
    >
      {options}
    </NativeSelect>
  );
}
