import { createContext, useContext } from "react";
import { createTheme, type Theme } from "./theme.ts";

/** The look of everything below; the frame of the program sets it. */
export const Look: React.Context<Theme> = createContext(createTheme({ theme: "mono", sixteen: false, ascii: false }));

/** The look in a component. */
export function useLook(): Theme {
  return useContext(Look);
}
