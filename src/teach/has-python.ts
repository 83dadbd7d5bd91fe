// Whether this machine has Python, in which trainers elsewhere are written; tests of what they are given ask.
import { spawnSync } from 'node:child_process';

export function hasPython(): boolean {
  return spawnSync('python3', ['--version']).status === 0;
}
