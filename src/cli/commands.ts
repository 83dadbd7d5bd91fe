// The table of all commands, in the order of the help.
import { accountCommand } from './account.command.ts';
import { assessCommand } from './assess.command.ts';
import { auditCommand } from './audit.command.ts';
import { benchCommand } from './bench.command.ts';
import { bundleCommand } from './bundle.command.ts';
import { listCommand, removeCommand, revokeCommand, showCommand } from './catalog.command.ts';
import { chatCommand } from './chat.command.ts';
import type { CommandDescription } from './command-description.ts';
import { completeCommand, completionCommand } from './completion.command.ts';
import { convertCommand } from './convert.command.ts';
import { doctorCommand } from './doctor.command.ts';
import { fitCommand } from './fit.command.ts';
import { guardCommand } from './guard.command.ts';
import { importCommand } from './import.command.ts';
import { inspectCommand } from './inspect.command.ts';
import { keyCommand } from './key.command.ts';
import { limitCommand } from './limit.command.ts';
import { meterCommand } from './meter.command.ts';
import { officerCommand } from './officer.command.ts';
import { organisationCommand } from './organisation.command.ts';
import { personCommand } from './person.command.ts';
import { eraseCommand, policyCommand } from './policy.command.ts';
import { priceCommand } from './price.command.ts';
import { pullCommand } from './pull.command.ts';
import { remoteCommand } from './remote.command.ts';
import { sessionCommand, signInCommand } from './sign-in.command.ts';
import { storeCommand } from './store.command.ts';
import { teachCommand } from './teach.command.ts';
import { upCommand } from './up.command.ts';
import { usageCommand } from './usage.command.ts';

const described: readonly CommandDescription[] = [
  upCommand,
  chatCommand,
  teachCommand,
  assessCommand,
  pullCommand,
  importCommand,
  convertCommand,
  listCommand,
  showCommand,
  removeCommand,
  revokeCommand,
  officerCommand,
  bundleCommand,
  remoteCommand,
  organisationCommand,
  accountCommand,
  personCommand,
  signInCommand,
  sessionCommand,
  keyCommand,
  limitCommand,
  priceCommand,
  usageCommand,
  auditCommand,
  storeCommand,
  guardCommand,
  policyCommand,
  eraseCommand,
  inspectCommand,
  fitCommand,
  benchCommand,
  meterCommand,
  doctorCommand,
  completionCommand,
];

export const commands: readonly CommandDescription[] = [...described, completeCommand(described)];
