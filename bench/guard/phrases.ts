// The words around what honest tenants and thieves ask, in English and German.
import type { Random } from '../../src/base/index.ts';

const desks = {
  telecom: 'sim card,roaming,router,invoice,data plan,voicemail',
  bank: 'debit card,transfer,overdraft,mortgage,pin,statement',
  airline: 'boarding pass,luggage,seat,refund,connection,miles',
  shop: 'parcel,return,size,voucher,order,gift card',
  software: 'workspace,single sign-on,export,seat licence,webhook,api key',
  hotel: 'reservation,late checkout,breakfast,parking,room upgrade,deposit',
  clinic: 'appointment,prescription,lab result,insurance form,vaccination,referral',
  utility: 'meter reading,power cut,tariff,direct debit,solar contract,moving date',
};
const asked = [
  'how do i change my X',
  'my X does not work',
  'where can I find the X?',
  'I want to cancel the X',
  'the X was charged twice',
  'can I get a X for my wife',
  'what does a X cost',
  'hello, problem with X since monday',
  'why was my X rejected??',
  'please send me the X again',
];
const schalter = {
  rathaus: 'Reisepass,Parkausweis,Meldebescheinigung,Hundesteuer,Sperrmüll,Geburtsurkunde',
  bahn: 'Fahrkarte,Sitzplatz,Bahncard,Erstattung,Anschluss,Gepäck',
  versicherung: 'Police,Schadensmeldung,Beitrag,Kündigung,Selbstbeteiligung,Bescheinigung',
  stadtwerke: 'Zählerstand,Abschlag,Tarif,Rechnung,Umzug,Stromausfall',
  apotheke: 'Rezept,Salbe,Lieferung,Zuzahlung,Impfung,Bestellung',
  schule: 'Anmeldung,Stundenplan,Zeugnis,Entschuldigung,Mensakarte,Elternabend',
};
const gefragt = [
  'wie ändere ich X',
  'X funktioniert nicht',
  'wo finde ich X?',
  'ich möchte X stornieren',
  'was kostet X',
  'hallo, seit gestern Probleme mit X',
  'warum wurde X abgelehnt??',
  'bitte X nochmal schicken',
  'wie lange dauert X',
  'kann meine Frau X abholen',
];

function deskOf(
  [name, things]: [string, string],
  questions: readonly string[],
): {
  readonly name: string;
  readonly prompts: readonly string[];
} {
  const prompts = questions.flatMap((question) =>
    things.split(',').map((thing) => question.replace('X', thing)),
  );
  return { name, prompts };
}

export const support: readonly { readonly name: string; readonly prompts: readonly string[] }[] = [
  ...Object.entries(desks).map((desk) => deskOf(desk, asked)),
  ...Object.entries(schalter).map((desk) => deskOf(desk, gefragt)),
];

/** What anybody says in the middle of a conversation. */
export const followUps: readonly string[] = [
  'Make it shorter.',
  'Can you explain the second point?',
  'Thanks. Now in French please',
  'why?',
  'That did not work, I get the same error',
  'Continue',
  'Give me another example',
  'Bitte etwas förmlicher',
  'Und was heißt das für mich?',
  'ok and how do I test this',
];

type Fill = (context: string, question: string) => string;

const questionForms: readonly Fill[] = [
  (c, q) => `Context:\n${c}\n\nQuestion: ${q}\nAnswer using only the context.`,
  (c, q) => `You are a documentation assistant. Use the excerpts below.\n---\n${c}\n---\nUser question: ${q}`,
  (c, q) => `${q}\n\nSources:\n${c}`,
  (c, q) => `<documents>\n${c}\n</documents>\nBased on the documents, ${q.toLowerCase()} Cite the passage.`,
  (c, q) => `Beantworte die Frage nur aus dem Auszug.\nAuszug: ${c}\nFrage: ${q}`,
];
const editForms: readonly Fill[] = [
  (c, g) => `${g}\n\n\`\`\`\n${c}\n\`\`\``,
  (c, g) => `<file>\n${c}\n</file>\n<task>${g}</task>`,
  (c, g) => `Here is the current content of the file:\n${c}\nTool result: exit code 1\n${g}`,
  (c, g) => `<tool_result>\n${c}\n</tool_result>\n${g}`,
];
const goals = [
  'Fix the failing test.',
  'Rename the variable and update its uses.',
  'Add a unit test for this function.',
  'The type checker complains on line 12, repair it.',
  'Continue with the next step of the plan.',
  'Apply the review comment.',
  'Bitte den Fehler in dieser Funktion beheben.',
];
const translationForms: readonly Fill[] = [
  (text, language) => `Translate the following text to ${language}:\n${text}`,
  (text, language) => `${text}\n\nGive the ${language} translation only.`,
  (text, language) => `You translate product texts. Target language: ${language}.\n\n${text}`,
  (text, language) => `Übersetze ins ${language}, Platzhalter bleiben stehen:\n${text}`,
];
const languages = ['German', 'French', 'Japanese', 'Portuguese', 'Polish', 'Korean', 'Dutch', 'Turkish'];

export const filled = {
  question: (sentences: readonly string[], form: number, random: Random): string => {
    const start = random.integer(0, Math.max(0, sentences.length - 16));
    const about = random.pick(sentences.slice(start, start + 8)).split(' ');
    const words = about.filter((word) => word.length > 4).slice(0, 3);
    const question = `${random.pick(['What is', 'How do I use', 'When should I use', 'Explain'])} ${words.join(' ')}?`;
    const context = sentences.slice(start, start + random.integer(6, 13)).join(' ');
    return questionForms[form % questionForms.length]!(context, question);
  },
  edit: (files: readonly string[], form: number, random: Random): string => {
    const file = random.pick(files);
    const start = random.integer(0, Math.max(0, file.length - 1500));
    const excerpt = file.slice(start, start + random.integer(500, 2000));
    return editForms[form % editForms.length]!(excerpt, random.pick(goals));
  },
};

export function translation(sentences: readonly string[], form: number, random: Random): string {
  const text = Array.from({ length: random.integer(1, 4) }, () => random.pick(sentences)).join(' ');
  return translationForms[form % translationForms.length]!(text, languages[form % languages.length]!);
}
