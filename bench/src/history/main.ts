// Draws bench/history.svg from the files in bench/history.
import { draw } from './release.ts';

draw();
