// The body of GET /v1/models.

export type ModelListEntry = {
  readonly id: string;
  readonly object: 'model';
  /** Seconds since the Unix epoch. */
  readonly created: number;
  readonly owned_by: string;
};

export type ModelList = { readonly object: 'list'; readonly data: readonly ModelListEntry[] };
