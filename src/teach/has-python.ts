// Whether this machine has Python, in which other trainers are written; for tests of the files that they are given.
import { spawnSync } from 'node:child_process';

export function hasPython(): boolean {
  return spawnSync('python3', ['--version']).status === 0;
}
