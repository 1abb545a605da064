import common from './common';
import conference from './conference';
import home from './home';
import lan from './lan';
import meeting from './meeting';
import setup from './setup';

/** English: the words that all other languages translate. */
const en = { common, home, meeting, setup, conference, lan };
export default en;
