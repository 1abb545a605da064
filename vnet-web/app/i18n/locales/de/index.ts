import type { German } from '../words';
import acs from './acs';
import common from './common';
import conference from './conference';
import form from './form';
import home from './home';
import lan from './lan';
import left from './left';
import meeting from './meeting';
import privacy from './privacy';
import setup from './setup';
import share from './share';

const de: German = { acs, common, home, form, setup, left, meeting, conference, lan, privacy, share };
export default de;
