import type { NextRequest } from "next/server";
import NextAuth from "next-auth";
import { authOptions } from "../../../../server/auth/auth-options.ts";

type Params = { params: Promise<{ nextauth: string[] }> };

function handle(request: NextRequest, context: Params) {
  return NextAuth(request, context, authOptions());
}

export { handle as GET, handle as POST };
