// What traces of countdown say of an attempt, and demonstrations say at their end.
export const verdicts = { en: { yes: 'yes', no: 'no' }, de: { yes: 'ja', no: 'nein' } } as const;
