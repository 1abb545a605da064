import { Switch, type SwitchProps } from '@mantine/core';
import classes from './toggle.module.css';

/** A switch whose edge is seen when it is off, too. */
export function Toggle(props: SwitchProps) {
  return <Switch {...props} classNames={{ track: classes.track ?? '', thumb: classes.thumb ?? '' }} />;
}
