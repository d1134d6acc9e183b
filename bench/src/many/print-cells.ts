// Prints the table of cells in docs/many.md.
import { cellsTable } from './cells.ts';
import { MEASURED } from './measured.ts';

console.log(cellsTable(MEASURED));
