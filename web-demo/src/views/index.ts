// What the pages put together.
import './views.css';

export { Console, type Tab } from './Console';
export { CheckView } from './check/CheckView';
export type { Connect } from './base/client';
export { TroubleNote } from './base/TroubleNote';
