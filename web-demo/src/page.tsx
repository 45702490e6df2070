import { start } from './start';

start('page');
