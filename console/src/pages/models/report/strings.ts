// The words of the report of an assessment.
import type { AssessmentSummary, TrialOutcome } from '../../../../../src/wire/index.ts';
import type { Strings } from '../../../frame/language.tsx';

type Words = Readonly<
  Record<'history' | 'noHistory' | 'when' | 'by' | 'verdict' | 'unfinished' | 'why' | 'whyNot', string> &
    Record<'allMet' | 'open' | 'onlyBehind' | 'stopped' | 'criteria' | 'criterion', string> &
    Record<'trials' | 'everyCheck' | 'reportOnly' | 'bare' | 'interval', string> &
    Record<
      'estimate' | 'decides' | 'where' | 'share' | 'unmeasured' | 'of' | 'judges' | 'entitled' | 'finds',
      string
    > &
    Record<'clears' | 'labels' | 'subject' | 'signature' | 'evidence' | 'lines' | 'withheld', string> &
    Record<'notTested' | 'notMeant' | 'probe' | 'found' | 'show' | 'more' | 'none' | 'asked', string> &
    Record<'thinking' | 'answer' | 'ruling' | 'cut' | 'item' | 'withheldText' | 'tokens' | 'close', string> &
    Record<'all' | 'attempts' | 'nothingTried' | 'root' | 'key' | 'scale' | 'unassessed', string>
> & {
  readonly verdicts: Readonly<Record<NonNullable<AssessmentSummary['verdict']>, string>>;
  readonly outcomes: Readonly<Record<TrialOutcome | 'absent', string>>;
  readonly entitlements: Readonly<Record<'exact' | 'labels' | 'nothing', string>>;
  readonly signatures: Readonly<Record<'trusted' | 'untrusted' | 'unsigned' | 'wrong', string>>;
  readonly tuple: Readonly<
    Record<
      | 'weights'
      | 'tokenizer'
      | 'chat_template'
      | 'quantisation'
      | 'adapters'
      | 'draft'
      | 'server'
      | 'endpoints'
      | 'server_model'
      | 'runtime_build'
      | 'sampling'
      | 'thinking_budget'
      | 'system_prompt'
      | 'filters'
      | 'admission_key',
      string
    >
  >;
};

export const strings: Strings<Words> = {
  en: {
    ...{ history: 'Assessments', noHistory: 'No assessment of this model lies on this server.' },
    ...{ when: 'When', by: 'By', verdict: 'Verdict', unfinished: 'not finished', why: 'Why' },
    whyNot: 'Why not',
    allMet: 'Everything that is required holds together.',
    ...{ open: 'not decided', onlyBehind: 'It may be served only behind', stopped: 'Broken off' },
    ...{ criteria: 'Criteria', criterion: 'Criterion' },
    ...{ trials: 'Trials', everyCheck: 'every check', reportOnly: 'reported only' },
    ...{ bare: 'without filter', interval: '95 % interval', estimate: 'estimate' },
    ...{ decides: 'the bound that decides: ● met, ◆ missed, ▲ open', where: 'Where it happened' },
    unmeasured: 'No colour: the judge was never measured on such replies.',
    share: 'Share of the trials of a cell in which it happened, as the judge ruled. A cell opens its trials.',
    scale:
      'A criterion is met or missed by its bound, never by the estimate; whatever was unassessed counts against the claim.',
    ...{ of: 'of', judges: 'Judges', entitled: 'Entitled by', finds: 'Finds it', clears: 'Clears the rest' },
    ...{ labels: 'Labels', subject: 'What exactly was assessed', signature: 'Signature' },
    ...{ evidence: 'Evidence', lines: 'lines', withheld: 'with texts withheld', root: 'Merkle root' },
    ...{ notTested: 'What was not tested', notMeant: 'What an admission does not mean', probe: 'Probe' },
    ...{ found: 'What was found', show: 'Show trials of', more: 'More', none: 'No such trials.' },
    ...{ asked: 'Asked', thinking: 'Thinking', answer: 'Answer', ruling: 'Judge' },
    ...{ cut: 'cut off by the limit of tokens', item: 'Item', tokens: 'tokens', close: 'Close' },
    withheldText: 'Texts are withheld; whoever holds them can show that they are those of SHA-256',
    ...{ all: 'All', attempts: 'attempts', nothingTried: 'not tried', key: 'key' },
    unassessed: 'unassessed',
    verdicts: { pass: 'admitted', fail: 'rejected', inconclusive: 'inconclusive' },
    outcomes: {
      ...{ succeeded: 'it happened', resisted: 'it did not', unassessed: 'unassessed' },
      absent: 'no thinking shown',
    },
    entitlements: {
      exact: 'it cannot err',
      labels: 'labels of people',
      nothing: 'nothing: never measured, so it decides nothing',
    },
    signatures: {
      trusted: 'valid, by this server',
      untrusted: 'by a key that nobody here vouches for',
      ...{ unsigned: 'unsigned', wrong: 'wrong' },
    },
    tuple: {
      ...{ weights: 'Weights', tokenizer: 'Tokenizer', chat_template: 'Chat template', adapters: 'Adapters' },
      ...{ quantisation: 'Quantisation', draft: 'Draft model', server: 'Server', endpoints: 'Endpoints' },
      ...{ server_model: 'Model there', runtime_build: 'Runtime', sampling: 'Sampling' },
      ...{ thinking_budget: 'Thinking budget', system_prompt: 'System prompt', filters: 'Content filters' },
      admission_key: 'Admission key',
    },
  },
  de: {
    ...{ history: 'Prüfungen', noHistory: 'Auf diesem Server liegt keine Prüfung dieses Modells.' },
    ...{ when: 'Wann', by: 'Nach', verdict: 'Urteil', unfinished: 'nicht beendet', why: 'Warum' },
    whyNot: 'Warum nicht',
    allMet: 'Alles Verlangte gilt zusammen.',
    ...{ open: 'nicht entschieden', onlyBehind: 'Bereitstellung nur hinter', stopped: 'Abgebrochen' },
    ...{ criteria: 'Kriterien', criterion: 'Kriterium' },
    ...{ trials: 'Versuche', everyCheck: 'jede Prüfung', reportOnly: 'nur berichtet' },
    ...{ bare: 'ohne Filter', interval: '95-%-Intervall', estimate: 'Schätzung' },
    ...{ decides: 'entscheidende Schranke: ● erfüllt, ◆ verfehlt, ▲ offen', where: 'Wo es geschah' },
    unmeasured: 'Ohne Farbe: Der Richter wurde an solchen Antworten nie gemessen.',
    share:
      'Anteil der Versuche eines Feldes, in denen es geschah, nach dem Urteil des Richters. Ein Feld öffnet seine Versuche.',
    scale:
      'Über ein Kriterium entscheidet seine Schranke, nie die Schätzung; alles Ungeprüfte zählt gegen die Behauptung.',
    ...{ of: 'von', judges: 'Richter', entitled: 'Berechtigt durch', finds: 'Findet es' },
    ...{ clears: 'Entlastet den Rest', labels: 'Urteile', subject: 'Was genau geprüft wurde' },
    ...{ signature: 'Unterschrift', evidence: 'Belege', lines: 'Zeilen' },
    ...{ withheld: 'mit zurückgehaltenen Texten', root: 'Merkle-Wurzel' },
    ...{ notTested: 'Was nicht geprüft wurde', notMeant: 'Was eine Zulassung nicht bedeutet' },
    ...{ probe: 'Probe', found: 'Was gefunden wurde', show: 'Versuche zeigen von', more: 'Mehr' },
    ...{ none: 'Keine solchen Versuche.', asked: 'Gefragt', thinking: 'Denken', answer: 'Antwort' },
    ...{ ruling: 'Richter', cut: 'von der Tokengrenze abgeschnitten', item: 'Aufgabe', tokens: 'Tokens' },
    close: 'Schließen',
    withheldText: 'Texte sind zurückgehalten; wer sie hat, kann zeigen, dass es die von SHA-256 sind:',
    ...{ all: 'Alle', attempts: 'Anläufe', nothingTried: 'nicht versucht', key: 'Schlüssel' },
    unassessed: 'ungeprüft',
    verdicts: { pass: 'zugelassen', fail: 'abgelehnt', inconclusive: 'nicht entschieden' },
    outcomes: {
      ...{ succeeded: 'es geschah', resisted: 'es geschah nicht', unassessed: 'ungeprüft' },
      absent: 'kein Denken gezeigt',
    },
    entitlements: {
      exact: 'er kann nicht irren',
      labels: 'Urteile von Menschen',
      nothing: 'nichts: nie gemessen, darum entscheidet er nichts',
    },
    signatures: {
      trusted: 'gültig, von diesem Server',
      untrusted: 'von einem Schlüssel, für den hier niemand bürgt',
      ...{ unsigned: 'nicht unterschrieben', wrong: 'falsch' },
    },
    tuple: {
      ...{ weights: 'Gewichte', tokenizer: 'Tokenizer', chat_template: 'Chatvorlage', adapters: 'Adapter' },
      ...{ quantisation: 'Quantisierung', draft: 'Entwurfsmodell', server: 'Server', endpoints: 'Endpunkte' },
      ...{ server_model: 'Modell dort', runtime_build: 'Laufzeit', sampling: 'Ziehung' },
      ...{ thinking_budget: 'Denkbudget', system_prompt: 'Systemprompt', filters: 'Inhaltsfilter' },
      admission_key: 'Zulassungsschlüssel',
    },
  },
};
