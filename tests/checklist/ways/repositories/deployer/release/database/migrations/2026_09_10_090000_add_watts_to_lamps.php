<?php

use Illuminate\Database\Migrations\Migration;
use Illuminate\Database\Schema\Blueprint;
use Illuminate\Support\Facades\Schema;

return new class extends Migration
{
    public function up(): void
    {
        Schema::table('lamps', function (Blueprint $table) {
            $table->integer('watts')->nullable();
        });
    }

    public function down(): void
    {
        Schema::table('lamps', fn (Blueprint $table) => $table->dropColumn('watts'));
    }
};
