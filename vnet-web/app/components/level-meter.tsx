import { useLevel } from '../devices';
import classes from './level-meter.module.css';

interface Props {
  readonly track: MediaStreamTrack | null;
  readonly label: string;
}

/** A bar that shows how loud a track is. */
export function LevelMeter({ track, label }: Props) {
  const level = useLevel(track);
  return (
    <meter className={classes.meter} aria-label={label} min={0} max={1} value={level}>
      {Math.round(level * 100)} %
    </meter>
  );
}
