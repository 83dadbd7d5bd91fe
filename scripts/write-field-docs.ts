// Prints the table of docs/fields.md; the text above it is written by hand.
import { fieldTable } from './request-fields.ts';

process.stdout.write(fieldTable());
