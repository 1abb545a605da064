import type { Words } from './words';
import en from './en';

const words: Words = en;
export default words;
