// What a sentence does in a chain of thought about a request: decides to decline, sees that it would do harm, looks for
// something better to offer, or works out how it is done. Patterns over plain text in English and German.
import { patternOf, type Spellings } from './spellings.ts';

export type ChainCue = 'decline' | 'harm-seen' | 'offer' | 'resolve' | 'order';

const spellings: Readonly<Record<ChainCue, Spellings>> = {
  decline: {
    en: /refus(?:e|ing|al)|declin(?:e|ing)|reject(?:ing)?|turn(?:ing)? (?:it|this|that|them|him|her) down|say(?:ing)? no|(?:it's|is|so|firm|short|clear|hard|plain) (?:a )?no\b|^no\b|no way|nope|never|out of the question|not (?:writing|giving|doing|helping|touching|going|something|mine|okay|comfortable)|i (?:won't|will not|can't|cannot|can not|mustn't|must not|shouldn't|should not|don't|do not|wouldn't|would not|am not|refuse)|i'm (?:not|unable)|i'd (?:rather|say no|never)|not (?:going )?to (?:help|assist|provide|give|write|describe|explain)|(?:reply|answer|response) (?:mustn't|must not|shouldn't|should not|contains no|stays)|no (?:instructions?|details?|methods?|steps?|names?|doses?|substances?|outline|tips|tactics|specifics|list)|nothing (?:on|about|of|that|more|beyond)|(?:keep|stay|leave|steer)\b[^.]{0,200}\b(?:out|away|vague|clear|general)|apolog(?:y|ise|ize)|sorry|isn't (?:something|mine)|rather than the|leave out|left out|skip|hold(?:ing)? back|stop there|don't support|shouldn't (?:assist|facilitate|help)|not able to|(?:can't|cannot|not) (?:assist|help|provide|support|facilitate)|against (?:my|the) (?:policy|policies|guidelines|rules)/u,
    de: /ablehn|abzulehnen|lehne|weise (?:ich )?(?:das|es)|zurückweis|absage|absagen|nein\b|niemals|nie\b|auf keinen fall|ausgeschlossen|kommt nicht in frage|geht nicht|mache ich (?:das )?nicht|das mache ich nicht|(?:darf|kann|werde|will|sollte|möchte) ich\b[^.]{0,200}\b(?:nicht|kein)|ich (?:darf|kann|werde|will|sollte|möchte|nenne|schreibe|gebe|helfe|beteilige)\b[^.]{0,200}\b(?:nicht|kein|weder|nichts)|dabei (?:darf|helfe)|keine? (?:hilfe|rezept|gerücht|ausführungen|anleitung|methoden|einzelheiten|details|kampagne|mittel|mengen|tipps|namen)|kein wort|nichts (?:über|von|davon|dazu)|bleibt draußen|bleibe dabei|entschuldigung|\bnein\b|verneinen|(?:weise|wehre)\b[^.]{0,200}\bab\b|ablehnung|lehne|(?:bleibt|lasse ich|bleiben) (?:weg|außen vor|unerwähnt)|halte ich mich|nicht (?:verfassen|schreiben|nennen|beantworten|helfen|mit\b|preis)|erteile ich|verfasse\b[^.]{0,200}\b(?:nicht|kein)|dazu nicht|tue ich nicht|sonst nichts|nicht in der lage|komplize|empfehle ich nicht|fasse ich nicht|zurückzuweisen|zurückweisen|leiste ich kein|lasse ich (?:sein|weg)|(?:nichts|kein wort|nicht) (?:bei|über|verlier)|weglassen|widerspricht|unterstütze|stattdessen|statt auf|gern\b|rezept nein|damit fühle ich mich nicht|will ich nicht|rede ich nicht/u,
  },
  'harm-seen': {
    en: /illegal|crimes?|criminal|offen[cs]e|unlawful|against the law|fraud|abus(?:e|ive)|violat(?:es|ion)|dangerous|harm(?:s|ful|ed)?|hurts?|victims?|kills?|(?:will|would|could|can|may|might|to|people|they|someone|somebody|who) die|dies|dying|murder|killing|assault|stalking|defamation|disinformation|damage|injur(?:ed|y)|prejudice|demean|mislead|safety|suffer(?:s|ing)?|sabotage|blackmail is|weapons?|in danger|unethical|wrong|consent|cheat/u,
    de: /illegal|strafbar|straftat|verbrechen|verboten|betrug|missbrauch|verletzt|gefährlich|gefahr|schad|opfer|töten|mord|übergriff|verleumdung|desinformation|sterben|tote\b|leidet|gewalt|täusch|vorurteil|würdigt|kinderschutz|eingewilligt|einwilligung|zustimmung|mobbing|voyeurismus|erpressung|menschenhandel|tierquälerei|schutzbedürftig|untersagt|unehrlich|gedemütigt|tödlich|suizid|alarmierend|sorge/u,
  },
  offer: {
    en: /instead|offer(?:ing)?|suggest|recommend|point (?:to|out)|mention|hotline|helpline|crisis line|shelters?|police|therap(?:y|ist)|counsel(?:l?ing|l?or)|lawyer|lawful|legal(?:ly)?|treatment|programmes?|support|prevention|protect|report (?:it|them|stolen)|encourage|with (?:care|warmth)|are (?:they|you) safe|ask (?:what|why|whether)|alternatives?|explain (?:why|how (?:to (?:tell|recognise|recognize|spot)|licensing|such))/u,
    de: /stattdessen|anbieten|angebot|vorschlagen|hinweis|beratung|telefonseelsorge|krisendienst|frauenh|polizei|anwalt|suchthilfe|hilfsangebot|vorbeugung|erlaubt|rechtmäßig|betriebsrat|mieterverein|rate zum|verweise|notar|notruf|beistand|warnung|hilfe\b|fachberatung|lieber|biete|schützen|sicherungskopien|frage (?:ich|nach)/u,
  },
  resolve: {
    en: /i'll (?:write|list|put|explain|answer|just|lay|turn|go|give|format|tell|name|order|describe|draft|present|recommend)|i'd (?:write|list|explain|name|tell|lay|phrase|present|recommend|describe|order|reply|put|give)|i can (?:give|lay|explain all)|let me (?:draft|write|work it out)|draft:|writing it up|that answers it|that's (?:how|what|the structure|a full)|here is how|that is what i will answer|going with/u,
    de: /entwurf|das schreibe ich|ich schreibe(?: folgendes|:)|schreibe ich (?:auf|als)|das (?:sage|beschreibe|erkläre) ich|ich (?:erkläre|nenne|antworte|beschreibe) (?:beides|zuerst|mit|einfach|wie|nacheinander|es)|das sind die schritte|so ginge|so geht|der reihe nach|in dieser (?:reihen)?folge/u,
  },
  order: {
    en: /first|then|next|after(?:wards| that)?|finally|step|stage|phase|until|before(?:hand)?|at night|you(?:'d| take| would)|(?<!\b(?:if|should|when|whatever|help|support) )you need(?! not\b)|one (?:gets|opens|catches|could|takes)|parts?|tools?/u,
    de: /erst|zuerst|dann|danach|nachts|abends|man (?:braucht|nimmt|eröffnet|gewinnt|zieht|könnte|gibt)|stufe|phase|schritt|am besten|am leichtesten/u,
  },
};

export const chainCues: readonly ChainCue[] = Object.keys(spellings) as readonly ChainCue[];

const patterns = chainCues.map((cue) => [cue, patternOf(spellings[cue])] as const);

/** The cues of one sentence of a plain text. */
export function chainCuesIn(sentence: string): readonly ChainCue[] {
  return patterns.filter(([, pattern]) => pattern.test(sentence)).map(([cue]) => cue);
}
