import en from './en';
import type { Words } from './words';

const words: Words = en;
export default words;
