import { start } from './start';

start('popup');
