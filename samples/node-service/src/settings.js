// What can be set from outside.
export const port = Number(process.env.PORT ?? 3000);
