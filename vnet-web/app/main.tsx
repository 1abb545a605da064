import './theme/styles.css';
import { StrictMode } from 'react';
import { createRoot } from 'react-dom/client';
import { App } from './app';
import { startI18n } from './i18n';
import { readShell } from './shell';

const root = document.getElementById('root');
if (!root) throw new Error('the page has no #root');
const shell = readShell(root);
await startI18n();
createRoot(root).render(
  <StrictMode>
    <App shell={shell} />
  </StrictMode>,
);
