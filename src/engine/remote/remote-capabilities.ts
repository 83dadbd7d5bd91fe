// What an engine over a kind of server can do, from the profile of that kind.
import { type Effort, type EngineCapabilities, samplingOptions } from '../engine.ts';
import type { ServerProfile } from './server-profile.ts';

/** What is different where prompts are rendered here: the server sees a text and looks for nothing in it. */
const ofClientSideTemplates = {
  promptForm: 'tokens',
  thinkingStop: 'continuation',
  efforts: [],
  templateArguments: false,
  prefill: false,
  tools: false,
  toolChoice: false,
  logProbabilities: 'none',
  constraints: [],
} as const;

export function remoteCapabilities(
  profile: ServerProfile,
  size: Pick<EngineCapabilities, 'slots' | 'contextLength'>,
  clientSideTemplate: boolean,
): EngineCapabilities {
  return {
    ...size,
    promptForm: 'messages',
    tokenIds: false,
    seed: profile.seed,
    thinkingStop: thinkingStopOf(profile),
    efforts: Object.keys(profile.efforts) as Effort[],
    templateArguments: profile.templateArguments,
    prefill: profile.continuation !== null,
    tools: profile.tools,
    toolChoice: profile.toolChoice,
    logProbabilities: profile.logProbabilities,
    constraints: profile.constraints,
    // A server may reuse prefixes, kept apart by salt where it knows one; nothing here sees whether it did.
    prefixReuse: false,
    embeddings: false,
    stopStrings: true,
    fixedSampling: profile.fixedSampling,
    samplingOptions: samplingOptions.filter((option) => profile.samplingFields[option] !== undefined),
    ...(clientSideTemplate && ofClientSideTemplates),
  };
}

function thinkingStopOf({ budgetField, continuation }: ServerProfile): EngineCapabilities['thinkingStop'] {
  if (budgetField !== null) return 'server';
  return continuation === null ? 'none' : 'continuation';
}
