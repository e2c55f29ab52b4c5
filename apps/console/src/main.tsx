import './frame/no-eval.ts';
import './frame/styles.ts';
import { createRoot } from 'react-dom/client';
import { App } from './app.tsx';

const place = document.getElementById('console');
if (place === null) throw new TypeError('this page has no place for the console');
createRoot(place).render(<App />);
