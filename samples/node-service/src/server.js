// Answers every request with a greeting.
import {createServer} from 'node:http';
import {greeting} from 'greeting';
import {port} from './settings.js';

createServer((request, response) => response.end(`${greeting}\n`)).listen(port);
