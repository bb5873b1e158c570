/** One tag, out of the list that AWS answers. */

/** Without the spaces around it; null: there is no such tag. */
export const tagOf = (
  tags: readonly { readonly Key?: string | undefined; readonly Value?: string | undefined }[] = [],
  key: string,
): string | null => tags.find((tag) => tag.Key === key)?.Value?.trim() ?? null;
