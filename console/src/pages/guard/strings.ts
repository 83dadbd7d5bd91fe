// The words of the guard's page.
import type { GuardedUse, GuardMeasureName } from '../../../../src/wire/index.ts';
import type { Strings } from '../../frame/language.tsx';

type Words = Readonly<
  Record<
    | 'requests'
    | 'ofAccounts'
    | 'ofAccount'
    | 'asked'
    | 'furtherKinds'
    | 'since'
    | 'looked'
    | 'open'
    | 'cases'
    | 'show'
    | 'more',
    string
  > &
    Record<'nothing' | 'none' | 'off' | 'observes' | 'cannotAlarm' | 'unused' | 'uncalibrated', string> &
    Record<'account' | 'accounts' | 'level' | 'bound' | 'tokens' | 'opened' | 'state' | 'measures', string> &
    Record<
      'back' | 'evidence' | 'what' | 'atMost' | 'reach' | 'seen' | 'joined' | 'after' | 'week' | 'units',
      string
    > &
    Record<'declaredAs' | 'reached' | 'ask' | 'measure' | 'why' | 'feature' | 'weight' | 'value', string> &
    Record<
      'median' | 'percentile' | 'scale' | 'clears' | 'without' | 'withoutLinks' | 'neither' | 'checked',
      string
    > &
    Record<'unknown' | 'sawKinds' | 'otherKinds' | 'together' | 'members' | 'other' | 'joins', string> &
    Record<'neighbours' | 'limit' | 'asTable' | 'graph' | 'chance' | 'decide' | 'reason', string> &
    Record<'reasonHint' | 'clear' | 'clearEffect' | 'reopen' | 'reopenEffect' | 'begin' | 'end', string> &
    Record<'inForce' | 'notInForce' | 'otherLimit' | 'log' | 'by' | 'uses' | 'usesLead' | 'use', string> &
    Record<'thisWeek' | 'classes' | 'class' | 'honestWeeks' | 'needed' | 'canAlarm', string> &
    Record<'calibrated' | 'drift' | 'drifted' | 'noDrift' | 'fewWeeks' | 'kinds' | 'never' | 'rate', string> &
    Record<'open1' | 'joinedBy' | 'notMeasured' | 'areMeasured' | 'clearsAll' | 'clearsOwn', string>
> & {
  readonly states: Readonly<Record<'open' | 'cleared', string>>;
  readonly levels: Readonly<Record<'ask' | 'measure', string>>;
  readonly useNames: Readonly<Record<GuardedUse, string>>;
  readonly measureNames: Readonly<Record<GuardMeasureName, string>>;
  readonly effects: Readonly<Record<GuardMeasureName, string>>;
  /** By the names that the API has for them; what is not here is shown as it comes. */
  readonly features: Readonly<Record<string, string>>;
  readonly unknowns: Readonly<Record<string, string>>;
  readonly tests: Readonly<Record<string, string>>;
  readonly reasons: Readonly<Record<string, string>>;
  readonly actions: Readonly<Record<string, string>>;
};

export const strings: Strings<Words> = {
  en: {
    ...{
      requests: 'requests',
      ofAccounts: 'accounts',
      ofAccount: 'account',
      asked: 'Requests',
      since: 'since',
      looked: 'were looked at',
    },
    ...{
      open: 'cases are open',
      open1: 'case is open',
      cases: 'Cases',
      show: 'Show',
      more: 'Only the first 100 are shown.',
    },
    ...{ nothing: 'Nothing suspicious', none: 'No cases.', unused: 'The calibration is not used' },
    off: 'The guard is off: nothing is observed and nobody is judged. It begins with a calibration, or with TIEGEL_GUARD.',
    observes: 'The guard observes, and judges nobody.',
    cannotAlarm: 'No class has enough honest weeks yet, so nothing can alarm. Silence says nothing then.',
    uncalibrated: 'There is no calibration yet, so nothing can alarm. Silence says nothing then.',
    ...{ account: 'Account', accounts: 'accounts', level: 'Threshold', bound: 'Bound', opened: 'Opened' },
    ...{
      tokens: 'Tokens of reasoning given',
      state: 'State',
      measures: 'Measures',
      back: 'All cases',
      evidence: 'Signed evidence',
    },
    ...{
      what: 'asks as somebody does who harvests the model',
      atMost: 'At most',
      units: 'units of honest weeks',
    },
    reach: 'of honest weeks of calibrated kinds reach as much',
    ...{ seen: 'weeks were compared with', joined: 'accounts belong together' },
    chance: 'Honest accounts are joined so with a probability of at most',
    ...{ after: 'after', week: 'Week of', declaredAs: 'Judged as', reached: 'Reached' },
    ...{ ask: 'threshold to ask', measure: 'threshold to measure', why: 'Why', feature: 'Feature' },
    ...{
      weight: 'Log e',
      value: 'This week',
      median: 'Honest median',
      percentile: 'Above, of 100 honest weeks',
    },
    scale:
      'The five that count most: what each adds to the log of the odds, against an honest week in the middle.',
    ...{ clears: 'What would clear it', checked: 'checked' },
    without: 'There would be no case if these were as in an honest week in the middle:',
    withoutLinks:
      'There would be no case if none of these tests found more neighbours than honest accounts have:',
    neither: 'With all five as in an honest week in the middle there would be a case all the same.',
    ...{
      unknown: 'What is not known',
      sawKinds: 'The calibration saw',
      otherKinds: 'other organisations',
      furtherKinds: 'more',
    },
    ...{
      together: 'Who belongs together',
      members: 'members',
      other: 'of another organisation',
      joins: 'joins',
    },
    ...{
      joinedBy: 'Joined by',
      notMeasured: 'by one kind of tests only, not measured',
      areMeasured: 'have two reasons of different kinds; measures act on no others.',
    },
    ...{
      neighbours: 'neighbours at most',
      limit: 'honest ones have',

      asTable: 'As a table',
    },
    graph: 'accounts, joined by',
    ...{
      decide: 'Decide',
      reason: 'Why',
      reasonHint: 'It is kept with what you decide.',
      clear: 'Clear the case',
    },
    clearsAll: 'Cases that other organisations have of the same accounts are cleared with it.',
    clearsOwn: 'Only your organisation’s part is cleared; cases that others have of the same accounts stay.',
    clearEffect: 'The use is in order: its measures end, and as much of it opens no case any more.',
    reopen: 'Reopen the case',
    reopenEffect: 'It was cleared by mistake: as much opens a case again. Measures that ended stay ended.',
    ...{ begin: 'Begin', end: 'Undo', inForce: 'in force since', notInForce: 'not in force' },
    otherLimit: 'another limit of the kind stands and stays:',
    ...{ log: 'What was done', by: 'by', uses: 'What accounts are for', use: 'Use' },
    usesLead:
      'Each account is judged among honest weeks of what it declared. Synthetic data looks like harvesting, and is not judged: only its limits hold it.',
    ...{ thisWeek: 'Requests this week', classes: 'What can alarm', class: 'Class' },
    ...{ honestWeeks: 'Honest weeks', needed: 'needed', canAlarm: 'can alarm', calibrated: 'Calibrated' },
    ...{ drift: 'Drift', drifted: 'honest use has changed: calibrate again before you believe an alarm' },
    ...{
      noDrift: 'as it was calibrated',
      fewWeeks: 'too few weeks to say',
      kinds: 'Kinds seen',
      never: 'never seen',
    },
    ...{ rate: 'of honest weeks may alarm' },
    states: { open: 'open', cleared: 'cleared' },
    levels: { ask: 'to ask', measure: 'to measure' },
    useNames: {
      ...{ chat: 'chat', rag: 'retrieval', agent: 'agent', evaluation: 'evaluation', labelling: 'labelling' },
      ...{ 'synthetic-data': 'synthetic data', undeclared: 'undeclared' },
    },
    measureNames: { 'slow-down': 'Slow down', block: 'Block' },
    effects: {
      'slow-down': 'leaves the account 50,000 tokens of reasoning a day, enough to go on by hand',
      block: 'lets the account ask nothing at all, with an error that says so; a person only',
    },
    ...{ features: {}, unknowns: {} },
    tests: {
      ...{
        wrapper: 'same wrapper',
        distribution: 'same source, no overlap',
        coverage: 'same topics, no wording twice',
      },
      ...{ schedule: 'schedule', infrastructure: 'infrastructure' },
    },
    reasons: {
      text: 'what links them by what they ask',
      use: 'what they ask',
      circumstances: 'what else links them',
    },
    actions: {
      ...{
        'guard.case.opened': 'opened',
        'guard.case.cleared': 'cleared',
        'guard.case.reopened': 'reopened',
      },
      ...{ 'rate_limit.updated': 'begun', 'rate_limit.deleted': 'ended' },
    },
  },
  de: {
    ...{
      requests: 'Anfragen',
      ofAccounts: 'Konten',
      ofAccount: 'Konto',
      asked: 'Anfragen',
      since: 'seit',
      looked: 'wurden angesehen',
      open: 'Fälle sind offen',
    },
    ...{ open1: 'Fall ist offen', cases: 'Fälle', show: 'Zeigen', more: 'Nur die ersten 100 sind zu sehen.' },
    ...{
      nothing: 'Nichts Verdächtiges',
      none: 'Keine Fälle.',
      unused: 'Die Kalibrierung wird nicht benutzt',
    },
    off: 'Der Wächter ist aus: nichts wird beobachtet, niemand beurteilt. Er beginnt mit einer Kalibrierung oder mit TIEGEL_GUARD.',
    observes: 'Der Wächter beobachtet und beurteilt niemanden.',
    cannotAlarm:
      'Noch hat keine Klasse genug ehrliche Wochen, also kann nichts anschlagen. Stille besagt dann nichts.',
    uncalibrated: 'Noch gibt es keine Kalibrierung, also kann nichts anschlagen. Stille besagt dann nichts.',
    ...{ account: 'Konto', accounts: 'Konten', level: 'Schwelle', bound: 'Schranke', opened: 'Eröffnet' },
    ...{
      tokens: 'Gegebene Tokens des Denkens',
      state: 'Stand',
      measures: 'Maßnahmen',
      back: 'Alle Fälle',
      evidence: 'Signierte Beweise',
    },
    ...{
      what: 'fragt wie jemand, der das Modell aberntet',
      atMost: 'Höchstens',
      units: 'Einheiten ehrlicher Wochen',
    },
    reach: 'der ehrlichen Wochen kalibrierter Arten erreichen so viel',
    ...{ seen: 'Wochen wurden verglichen', joined: 'Konten gehören zusammen' },
    chance: 'Ehrliche Konten hängen so zusammen mit einer Wahrscheinlichkeit von höchstens',
    ...{ after: 'nach', week: 'Woche vom', declaredAs: 'Beurteilt als', reached: 'Erreicht' },
    ...{ ask: 'Schwelle zum Fragen', measure: 'Schwelle zum Handeln', why: 'Warum', feature: 'Merkmal' },
    ...{
      weight: 'Log e',
      value: 'Diese Woche',
      median: 'Ehrlicher Median',
      percentile: 'Über so vielen von 100 ehrlichen Wochen',
    },
    scale:
      'Die fünf, die am meisten zählen: was jedes zum Logarithmus der Chancen beiträgt, gegen eine mittlere ehrliche Woche.',
    ...{ clears: 'Was ihn aufheben würde', checked: 'geprüft' },
    without: 'Es gäbe keinen Fall, wäre dies wie in einer mittleren ehrlichen Woche:',
    withoutLinks: 'Es gäbe keinen Fall, fände keiner dieser Tests mehr Nachbarn, als ehrliche Konten haben:',
    neither: 'Auch mit allen fünf wie in einer mittleren ehrlichen Woche gäbe es den Fall.',
    ...{
      unknown: 'Was nicht bekannt ist',
      sawKinds: 'Die Kalibrierung sah',
      otherKinds: 'andere Organisationen',
      furtherKinds: 'weitere',
    },
    ...{
      together: 'Wer zusammengehört',
      members: 'Mitglieder',
      other: 'einer anderen Organisation',
      joins: 'verbindet',
    },
    ...{
      joinedBy: 'Verbunden durch',
      notMeasured: 'nur durch eine Art von Tests, ohne Maßnahme',
      areMeasured: 'haben zwei Gründe verschiedener Art; auf andere wirken Maßnahmen nicht.',
    },
    ...{
      neighbours: 'Nachbarn höchstens',
      limit: 'ehrliche haben',

      asTable: 'Als Tabelle',
    },
    graph: 'Konten, verbunden durch',
    ...{ decide: 'Entscheiden', reason: 'Grund', reasonHint: 'Er wird mit der Entscheidung aufbewahrt.' },
    clear: 'Den Fall aufheben',
    clearsAll: 'Fälle anderer Organisationen mit denselben Konten werden mit aufgehoben.',
    clearsOwn:
      'Nur der Teil der eigenen Organisation wird aufgehoben; Fälle anderer mit denselben Konten bleiben.',
    clearEffect:
      'Der Gebrauch ist in Ordnung: die Maßnahmen enden, und so viel davon eröffnet keinen Fall mehr.',
    reopen: 'Den Fall wieder öffnen',
    reopenEffect:
      'Er wurde irrtümlich aufgehoben: so viel eröffnet wieder einen Fall. Beendete Maßnahmen bleiben beendet.',
    ...{ begin: 'Beginnen', end: 'Rückgängig', inForce: 'in Kraft seit', notInForce: 'nicht in Kraft' },
    otherLimit: 'eine andere Grenze dieser Art steht und bleibt:',
    ...{ log: 'Was geschah', by: 'von', uses: 'Wozu Konten da sind', use: 'Gebrauch' },
    usesLead:
      'Jedes Konto wird unter ehrlichen Wochen dessen beurteilt, was es angab. Synthetische Daten sehen aus wie Abernten und werden nicht beurteilt: nur ihre Grenzen halten sie.',
    ...{
      thisWeek: 'Anfragen dieser Woche',
      classes: 'Was anschlagen kann',
      class: 'Klasse',
    },
    ...{
      honestWeeks: 'Ehrliche Wochen',
      needed: 'nötig',
      canAlarm: 'kann anschlagen',
      calibrated: 'Kalibriert',
    },
    ...{
      drift: 'Abweichung',
      drifted: 'ehrlicher Gebrauch ist ein anderer: vor dem nächsten Alarm neu kalibrieren',
    },
    ...{
      noDrift: 'wie kalibriert',
      fewWeeks: 'zu wenige Wochen',
      kinds: 'Gesehene Arten',
      never: 'nie gesehen',
    },
    ...{
      rate: 'der ehrlichen Wochen dürfen anschlagen',
    },
    states: { open: 'offen', cleared: 'aufgehoben' },
    levels: { ask: 'zum Fragen', measure: 'zum Handeln' },
    useNames: {
      ...{
        chat: 'Chat',
        rag: 'Nachschlagen',
        agent: 'Agent',
        evaluation: 'Auswertung',
        labelling: 'Beschriften',
      },
      ...{ 'synthetic-data': 'synthetische Daten', undeclared: 'nicht angegeben' },
    },
    measureNames: { 'slow-down': 'Bremsen', block: 'Sperren' },
    effects: {
      'slow-down': 'lässt dem Konto 50.000 Tokens des Denkens am Tag, genug für Arbeit von Hand',
      block:
        'lässt das Konto gar nichts mehr fragen, mit einem Fehler, der das sagt; nur durch einen Menschen',
    },
    features: {
      ...{
        'mean resemblance': 'mittlere Ähnlichkeit mit Abernten',
        'spread of resemblance': 'Streuung der Ähnlichkeit',
      },
      ...{
        'share that resembles': 'Anteil, der ähnelt',
        'share that resembles much': 'Anteil, der sehr ähnelt',
      },
      ...{
        'first of a conversation': 'Erste eines Gesprächs',
        'prompt from the cache': 'Eingabe aus dem Speicher',
      },
      ...{
        'trace shown': 'Denken gezeigt',
        'length of prompts': 'Länge der Eingaben',
        'spread of lengths': 'Streuung der Längen',
      },
      ...{ 'answer against prompt': 'Antwort gegen Eingabe', 'different prompts': 'verschiedene Eingaben' },
      ...{ 'different skeletons': 'verschiedene Gerüste', 'most frequent wrapper': 'häufigste Umhüllung' },
      ...{ 'likeness of prompts': 'Gleichartigkeit der Eingaben', 'spread over topics': 'Breite der Themen' },
    },
    unknowns: {
      'whether the use was agreed on: what is counted looks the same for synthetic data that somebody may make':
        'ob der Gebrauch vereinbart war: gezählt sieht er aus wie synthetische Daten, die jemand machen darf',
      'what was asked: prompts are not kept': 'was gefragt wurde: Eingaben werden nicht aufbewahrt',
      'whether other accounts belong to whoever this one belongs to':
        'ob dem Inhaber dieses Kontos noch andere gehören',
      'use of kinds that the calibration did not see: they are promised nothing':
        'Gebrauch von Arten, die die Kalibrierung nicht sah: für sie ist nichts zugesagt',
    },
    tests: {
      ...{ wrapper: 'gleiche Umhüllung', distribution: 'gleiche Quelle, keine Überschneidung' },
      ...{
        coverage: 'gleiche Themen, nichts doppelt',
        schedule: 'Zeitplan',
        infrastructure: 'Infrastruktur',
      },
    },
    reasons: {
      text: 'was sie im Gefragten verbindet',
      use: 'was sie fragen',
      circumstances: 'was sie sonst verbindet',
    },
    actions: {
      ...{
        'guard.case.opened': 'eröffnet',
        'guard.case.cleared': 'aufgehoben',
        'guard.case.reopened': 'wieder geöffnet',
      },
      ...{ 'rate_limit.updated': 'begonnen', 'rate_limit.deleted': 'beendet' },
    },
  },
};
