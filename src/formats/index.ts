// formats: the files and texts models travel in. GGUF, tokenizers, chat templates.
export {
  type DecoderConfiguration,
  decoderTensors,
  readDecoder,
  type TransformerConfiguration,
} from './architecture/decoder.ts';
export { qwen2Metadata, qwen2Tensors } from './architecture/qwen2.ts';
export { examineTemplate, type TemplateExamination } from './chat-template/audit/examine-template.ts';
export { furtherTemplates, readsLikeTemplate } from './chat-template/audit/find-templates.ts';
export type { TemplateFinding } from './chat-template/audit/finding.ts';
export {
  type ChatTemplate,
  startsInReasoning,
  type Thinking,
  type ToolCallFormat,
  templateFor,
  templateWithDigest,
} from './chat-template/chat-template.ts';
export {
  embeddedTemplate,
  templateRenderer,
  templateSourceIn,
} from './chat-template/embedded/embedded-template.ts';
export { createTemplateProcess, type TemplateProcess } from './chat-template/embedded/renderer.ts';
export { tiegelTemplate } from './chat-template/tiegel.ts';
export { toolsAsText } from './chat-template/tools-as-text.ts';
export { type ModelFileKind, modelFileKind } from './file-kind.ts';
export type { Gguf, GgufMetadata, GgufValue } from './gguf/gguf.ts';
export { optionalString, requireString } from './gguf/metadata.ts';
export { findNotFinite } from './gguf/not-finite.ts';
export { openGguf, shardNameOf, shardNames } from './gguf/open-gguf.ts';
export { type WritableType, writableTypes } from './gguf/quantise.ts';
export { openGgufFile } from './gguf/read-gguf.ts';
export { tensorStretches } from './gguf/read-tensor.ts';
export { type TensorType, tensorTypes } from './gguf/tensor-type.ts';
export { encodeGgufHeader, writeGguf } from './gguf/write-gguf.ts';
export { type Conversion, convertCheckpoint } from './hf/convert.ts';
export { writeTransformersModel } from './hf/write-transformers-model.ts';
export type { ChatMessage, PromptPiece, ToolCall, ToolDefinition } from './prompt.ts';
export { findNotFiniteTensors } from './safetensors/not-finite.ts';
export { openSafetensors } from './safetensors/read-safetensors.ts';
export type { Safetensors } from './safetensors/safetensors.ts';
export { createTokenizer, type Tokenizer } from './tokenizer/tokenizer.ts';
export { buildVocabulary, collectWords } from './tokenizer/vocabulary.ts';
